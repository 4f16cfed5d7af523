package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/soak calibrate} does the same for many more cameras. */
class CalibratorTest {
  private static CalibrationResult solve(SyntheticCamera camera, int views) throws Exception {
    return new Calibrator(camera.observe(views), SyntheticCamera.BOARD, null, Double.NaN).result();
  }

  private static String reason(CalibrationResult result, String key) {
    return result.refusals().stream()
        .filter(each -> each.key().equals(key))
        .map(Refusal::reason)
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldFindTheTruthWithinTheBoundsItStates(long seed) throws Exception {
    SyntheticCamera camera = new SyntheticCamera(seed, 0.1, 0.01, 0.9, 0.5);
    CalibrationResult result = solve(camera, 9);
    assertThat(result.estimates())
        .extracting(Estimate::key)
        .contains(
            "fx",
            "cy",
            "k1",
            "breathing.scale_per_dioptre",
            "breathing.shift_x_per_dioptre",
            "power_gain",
            "power_offset",
            "lag_up",
            "lag_down",
            "clock_offset",
            "hysteresis",
            "temperature_coefficient");
    for (Estimate each : result.estimates()) {
      double error = each.value() - camera.truth(each.key(), result.referenceFocus());
      assertThat(Math.abs(error)).as(each.toString()).isLessThan(each.bound95());
      assertThat(each.sigma()).as(each.toString()).isPositive();
    }
    assertThat(camera.depthErrorRatio(result)).isLessThan(1.1);
    assertThat(result.cornerPixels()).isBetween(0.09, 0.11);
  }

  @Test
  void shouldNotTellHysteresisFromDelayAtOneRate() throws Exception {
    SyntheticCamera camera = new SyntheticCamera(4, 0.1, 0.01, 0.7);
    CalibrationResult result = solve(camera, 8);
    assertThat(result.find("clock_offset")).isEmpty();
    assertThat(result.find("hysteresis")).isEmpty();
    assertThat(result.value("lag_up", 0)).isEqualTo(result.value("lag_down", 1));
    assertThat(reason(result, "clock_offset"))
        .contains("swept at one rate only; sweep at two rates to tell it from hysteresis");
    assertThat(reason(result, "exposure_offset")).contains("same effect as clock_offset");
    assertThat(camera.depthErrorRatio(result)).as("at that rate it is as good").isLessThan(1.1);
  }

  @Test
  void shouldRefuseACameraMatrixOfFewViews() {
    Observations data = new SyntheticCamera(5, 0.1, 0.01, 0.7).observe(3);
    assertThatExceptionOfType(CalibrationException.class)
        .isThrownBy(() -> new Calibrator(data, SyntheticCamera.BOARD, null, Double.NaN))
        .withMessageContaining("the board was held still")
        .withMessageContaining("expected at least 5, or a camera file");
  }

  @Test
  void shouldRefuseEverythingWithoutObservations() {
    Observations nothing =
        new Observations(640, 480, 25, new Noise(), List.of(), List.of(), List.of(), List.of());
    assertThatExceptionOfType(CalibrationException.class)
        .isThrownBy(() -> new Calibrator(nothing, SyntheticCamera.BOARD, null, Double.NaN))
        .withMessageContaining("nothing could be measured");
  }
}
