package io.github.rackfocus.rosnode;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.MatchingConfig;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a lens driver reports with what the camera file states, and says once where they do
 * not fit. Readings are used all the same. For one thread at a time.
 */
final class LensChecks {
  /** Change of temperature that is worth a warning where no drift is stated, °C. */
  static final double WORTH_CELSIUS = 5;

  /** Readings after which it is clear that a driver reports no temperature. */
  private static final int PATIENCE = 100;

  private final @Nullable LensCalibration lens;
  private final MatchingConfig law;
  private final double planeStep;
  private final Consumer<String> warnings;
  private double warnedCelsius = Double.NaN;
  private int withoutTemperature;
  private boolean contradictionTold;
  private boolean focusToldInDrift;

  /**
   * @param lens of the camera file, or null if there is none
   * @param planeStep distance of two planes, dioptres
   */
  LensChecks(@Nullable LensCalibration lens, double planeStep, Consumer<String> warnings) {
    this.lens = lens;
    this.law = lens == null ? MatchingConfig.DEFAULTS : MatchingConfig.DEFAULTS.with(lens);
    this.planeStep = planeStep;
    this.warnings = warnings;
  }

  /** Looks at a reading that was accepted. */
  synchronized void check(FocusReading reading) {
    LensCalibration file = lens;
    boolean driftStated = file != null && file.drift().dioptresPerDegree() != 0;
    float celsius = reading.temperatureCelsius();
    if (driftStated) {
      checkTemperatureIsThere(celsius);
    }
    boolean driversFocus = !Double.isNaN(reading.focus());
    if (Float.isFinite(celsius) && (!driftStated || driversFocus)) {
      checkTemperature(celsius, driftStated);
    }
    if (file != null && driversFocus && !Double.isNaN(reading.lensPowerDioptres())) {
      checkFocus(file, reading);
    }
  }

  private void checkTemperatureIsThere(float celsius) {
    if (Float.isFinite(celsius)) {
      withoutTemperature = Integer.MIN_VALUE;
    } else if (withoutTemperature >= 0 && ++withoutTemperature == PATIENCE) {
      warnings.accept(
          "the camera file states a temperature_coefficient, but the lens readings have no"
              + " temperature: focus is not corrected for it");
    }
  }

  private void checkTemperature(float celsius, boolean driftStated) {
    if (Double.isNaN(warnedCelsius)) {
      warnedCelsius = celsius; // The temperature at the start.
    }
    double change = celsius - warnedCelsius;
    if (Math.abs(change) >= WORTH_CELSIUS && !focusToldInDrift) {
      warnedCelsius = celsius;
      focusToldInDrift = driftStated;
      warnings.accept(
          "the temperature of the lens changed by "
              + Math.round(change)
              + " to "
              + Math.round(celsius)
              + " °C, and "
              + (driftStated
                  ? "the driver reports focus, to which temperature_coefficient is not applied;"
                      + " expected it to correct its focus itself, or to report lens power"
                  : "no temperature_coefficient is stated in a camera file: depth drifts with the"
                      + " lens, see docs/calibration.md"));
    }
  }

  private void checkFocus(LensCalibration file, FocusReading reading) {
    double power = reading.lensPowerDioptres();
    double focus = law.focusAtPower(power, reading.temperatureCelsius(), reading.direction());
    boolean isStated = file.powerGain() != 1 || file.powerOffset() != 0;
    if (isStated && !contradictionTold && Math.abs(focus - reading.focus()) > planeStep / 2) {
      contradictionTold = true;
      warnings.accept(
          "the driver reports focus "
              + reading.focus()
              + " dioptres at lens power "
              + power
              + ", which is focus "
              + focus
              + " by the camera file; the driver's focus is used. If it is not calibrated, let the"
              + " driver report lens power only");
    }
  }
}
