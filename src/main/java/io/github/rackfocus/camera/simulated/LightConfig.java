package io.github.rackfocus.camera.simulated;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures the brightness of a simulated camera's images: flicker, automatic exposure and
 * highlights. Immutable and checked.
 *
 * <p>Flicker is {@code 1 + depth cos(2 pi f t)}, averaged over the exposure of each row. It is weak
 * if the exposure is close to a whole number of its periods, and invisible with a global shutter if
 * the frame rate divides the frequency.
 *
 * @param flickerHz frequency of the flicker, such as 100 or 120
 * @param flickerDepth amplitude of the flicker relative to the mean, 0 to 1; 0 for none
 * @param exposureStep factor of each step of the automatic exposure, which changes the gain: two
 *     steps up, four down, two up, over and over; 1 for none
 * @param exposureStepSeconds time between two steps
 * @param highlights light of a mirror reflection of the lamp on round solids, as a multiple of the
 *     light that saturates at gain 1; 0 for none
 * @param bloom share of the light above saturation that spills into a halo; 0 for none
 * @param bloomPixels one sigma of the halo
 */
@RecordBuilder
public record LightConfig(
    double flickerHz,
    double flickerDepth,
    double exposureStep,
    double exposureStepSeconds,
    double highlights,
    double bloom,
    double bloomPixels)
    implements LightConfigBuilder.With {
  /** Constant light without highlights. */
  public static final LightConfig DEFAULTS = new LightConfig(100, 0, 1, 1, 0, 0, 4);

  public LightConfig {
    SimulatedCameraConfig.inRange("light.flickerHz", flickerHz, 0.01, 100_000, "Hz");
    SimulatedCameraConfig.inRange("light.flickerDepth", flickerDepth, 0, 1, "");
    SimulatedCameraConfig.inRange("light.exposureStep", exposureStep, 1, 1.6, "times");
    SimulatedCameraConfig.inRange(
        "light.exposureStepSeconds", exposureStepSeconds, 0.001, 3600, "seconds");
    SimulatedCameraConfig.inRange("light.highlights", highlights, 0, 1000, "times saturation");
    SimulatedCameraConfig.inRange("light.bloom", bloom, 0, 1, "");
    SimulatedCameraConfig.inRange("light.bloomPixels", bloomPixels, 0.5, 100, "pixels");
  }

  /** Returns whether the brightness changes from frame to frame. */
  boolean varies() {
    return flickerDepth > 0 || exposureStep > 1;
  }
}
