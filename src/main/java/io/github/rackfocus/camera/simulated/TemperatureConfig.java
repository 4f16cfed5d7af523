package io.github.rackfocus.camera.simulated;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures how a lens drifts with its temperature. The lens reports the temperature, but its
 * focus readings don't include the drift. Immutable and checked.
 *
 * @param celsius temperature at the start, at which the lens has no drift
 * @param riseCelsius by how much it rises and falls back over a period, as a cosine
 * @param periodSeconds time from the start until it is back; if frames are rendered ahead, rounded
 *     so that a whole number of periods fits
 * @param dioptresPerCelsius change of the true focus
 */
@RecordBuilder
public record TemperatureConfig(
    double celsius, double riseCelsius, double periodSeconds, double dioptresPerCelsius)
    implements TemperatureConfigBuilder.With {
  /** A lens that neither drifts nor reports its temperature. */
  public static final TemperatureConfig DEFAULTS = new TemperatureConfig(25, 0, 600, 0);

  public TemperatureConfig {
    SimulatedCameraConfig.inRange("temperature.celsius", celsius, -40, 120, "°C");
    SimulatedCameraConfig.inRange("temperature.riseCelsius", riseCelsius, -100, 100, "°C");
    SimulatedCameraConfig.inRange("temperature.periodSeconds", periodSeconds, 0.1, 1e6, "seconds");
    SimulatedCameraConfig.inRange(
        "temperature.dioptresPerCelsius", dioptresPerCelsius, -1, 1, "dioptres per °C");
  }

  /** Returns whether the temperature changes, and thus is reported. */
  public boolean isChanging() {
    return riseCelsius != 0;
  }

  /** Returns whether the true focus drifts. */
  boolean drifts() {
    return riseCelsius != 0 && dioptresPerCelsius != 0;
  }

  /**
   * Returns the temperature at a scene time.
   *
   * @param loopSeconds time after which it has to repeat; 0 if it need not
   */
  double celsiusAt(double seconds, double loopSeconds) {
    double period =
        loopSeconds == 0
            ? periodSeconds
            : loopSeconds / Math.max(1, Math.rint(loopSeconds / periodSeconds));
    return celsius + riseCelsius * (0.5 - 0.5 * Math.cos(2 * Math.PI * seconds / period));
  }
}
