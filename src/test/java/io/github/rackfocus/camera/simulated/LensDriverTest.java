package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LensDriverTest {
  private static final SimulatedCameraConfig TRIANGLE =
      SimulatedCameraConfig.DEFAULTS
          .withSweep(SimulatedCameraConfig.DEFAULTS.sweep().withPattern(SweepPattern.TRIANGLE))
          // So fast that its lag does not matter.
          .withLens(new SimulatedCameraConfig.Lens(3000, 1, 0.3));

  @Test
  void shouldReportTheCommandOfALensWithoutFeedback() {
    SimulatedCameraConfig config =
        TRIANGLE.withReadings(new LensReadingsConfig(LensReadingsConfig.Source.COMMAND, 0));
    CameraState state = new CameraState(config, 0);
    LensDriver driver = new LensDriver(config, state);
    for (int plane = 2; plane < 8; plane++) {
      int down = 18 - plane;
      double planeFocus = config.sweep().focus(plane);
      assertThat(driver.read(plane, 0).focus()).isCloseTo(planeFocus, within(1e-9));
      assertThat(driver.read(down, 0).focus()).isCloseTo(planeFocus, within(1e-9));
      // The actual focus differs by the width of the hysteresis, which no reading shows.
      double actualUp = state.exposure(plane, 0).middle();
      double actualDown = state.exposure(down, 0).middle();
      assertThat(actualDown - actualUp).isCloseTo(0.3, within(0.005));
    }
  }

  @Test
  void shouldReportTheHysteresisOfALensWithFeedback() {
    LensDriver driver = new LensDriver(TRIANGLE, new CameraState(TRIANGLE, 0));
    for (int plane = 2; plane < 8; plane++) {
      double up = driver.read(plane, 0).focus();
      double down = driver.read(18 - plane, 0).focus();
      assertThat(down - up).isCloseTo(0.3, within(0.005));
    }
  }

  @Test
  void shouldReportWhatHeldEarlierByTheClockOffset() {
    SimulatedCameraConfig config =
        TRIANGLE
            .withLens(TRIANGLE.lens().withHysteresisDioptres(0))
            .withReadings(new LensReadingsConfig(LensReadingsConfig.Source.ACTUAL, 0.01));
    CameraState state = new CameraState(config, 0);
    LensDriver driver = new LensDriver(config, state);
    // A plane per frame: 0.926 dioptres in 66.7 ms.
    double behind = config.sweep().planeDistance() * 0.01 * 15;
    for (int plane = 2; plane < 8; plane++) {
      assertThat(driver.read(plane, 0).focus())
          .isCloseTo(state.exposure(plane, 0).middle() - behind, within(2e-3));
      assertThat(driver.read(18 - plane, 0).focus())
          .isCloseTo(state.exposure(18 - plane, 0).middle() + behind, within(2e-3));
    }
    SimulatedCameraConfig command =
        config.withReadings(new LensReadingsConfig(LensReadingsConfig.Source.COMMAND, -0.02));
    assertThat(new LensDriver(command, new CameraState(command, 0)).read(18L * 1000 + 4, 0).focus())
        .isCloseTo(config.sweep().focus(4) + 2 * behind, within(1e-9));
  }

  @Test
  void shouldDriftWithATemperatureThatOnlyTheThermometerShows() {
    SimulatedCameraConfig config =
        SimulatedCameraConfig.DEFAULTS.withTemperature(new TemperatureConfig(25, 10, 8, -0.06));
    CameraState state = new CameraState(config, 120);
    LensDriver driver = new LensDriver(config, state);
    CameraState cold = new CameraState(SimulatedCameraConfig.DEFAULTS, 120);
    for (int frame = 0; frame < 120; frame++) {
      double celsius = 25 + 5 * (1 - Math.cos(2 * Math.PI * (frame + 0.5) / 120));
      assertThat(driver.read(frame, 0).temperatureCelsius())
          .isCloseTo((float) celsius, within(1e-4f));
      assertThat(driver.read(frame, 0).focus()).isEqualTo(cold.exposure(frame, 0).middle());
      assertThat(state.exposure(frame, 0).middle() - driver.read(frame, 0).focus())
          .isCloseTo(-0.06 * (celsius - 25), within(1e-6));
    }
    assertThat(state.celsius(4)).isCloseTo(35, within(1e-9));
    LensDriver unknown = new LensDriver(SimulatedCameraConfig.DEFAULTS, cold);
    assertThat(unknown.read(0, 0).temperatureCelsius()).isNaN();
  }
}
