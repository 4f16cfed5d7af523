package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.depth.PeakDepthEstimator;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterRunTest {
  private static final int FRAMES = 110;

  private static List<FilterScores> run(double partsMetresPerSecond) throws Exception {
    SimulatedCameraConfig camera = SimulatedCameraConfig.DEFAULTS.withSize(160, 120);
    camera = camera.withSensor(camera.sensor().withFullWellElectrons(2_000));
    try (RegistrationRecording recording =
        new RegistrationRecording(
            Scenario.STILL, camera, FRAMES, partsMetresPerSecond, line -> {})) {
      return FilterRun.of(recording, "test", 5, PeakDepthEstimator.ddl());
    }
  }

  @Test
  void shouldSteadyAStillSceneWithoutClaimingMore() throws Exception {
    List<FilterScores> scores = run(0);
    FilterScores off = scores.get(0);
    FilterScores still = scores.get(1);
    assertThat(off.mode).isEqualTo(FilterMode.OFF);
    assertThat(still.mode).isEqualTo(FilterMode.STILL);
    for (FilterScores each : scores) {
      assertThat(each.maps).isEqualTo(FRAMES - 10L * FilterRun.WARM_UP_SWEEPS);
      assertThat(each.pixels).isEqualTo(each.maps * 160 * 120);
      assertThat(each.moved).isZero();
    }
    assertThat(still.jitter()).isLessThan(0.5 * off.jitter());
    assertThat(still.flickers).isLessThan(off.flickers / 3);
    assertThat(still.publishedError / still.published)
        .isLessThan(off.publishedError / off.published);
    assertThat(still.published).isGreaterThan((long) (0.98 * off.published));
    assertThat(share(still.within68, still.published))
        .isCloseTo(share(off.within68, off.published), within(0.04));
    assertThat(share(still.within95, still.published))
        .isCloseTo(share(off.within95, off.published), within(0.04));
  }

  @Test
  void shouldPublishNoMoreThatIsWrongWherePartsMove() throws Exception {
    List<FilterScores> scores = run(0.05);
    FilterScores off = scores.get(0);
    FilterScores still = scores.get(1);
    assertThat(off.moved).isGreaterThan(1_000);
    assertThat(share(still.movedWrong, still.moved))
        .isCloseTo(share(off.movedWrong, off.moved), within(0.002));
    assertThat(share(still.nearWrong, still.nearPublished))
        .isCloseTo(share(off.nearWrong, off.nearPublished), within(0.002));
  }

  private static double share(long part, long whole) {
    return (double) part / whole;
  }
}
