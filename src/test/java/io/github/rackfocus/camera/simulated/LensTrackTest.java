package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LensTrackTest {
  private static final SimulatedCameraConfig CONFIG = SimulatedCameraConfig.DEFAULTS;

  @Test
  void shouldRestAtEveryPlaneOfASaw() {
    LensTrack track = new LensTrack(CONFIG);
    assertThat(track.period()).isEqualTo(10);
    for (int k = 0; k < 10; k++) {
      assertThat(track.at(k).settled()).isTrue();
      assertThat(track.at(k).middle()).isCloseTo(CONFIG.sweep().focus(k), within(0.0101));
      assertThat(track.at(k).direction()).isZero();
      assertThat(track.at(k + 30)).isEqualTo(track.at(k));
    }
  }

  @Test
  void shouldReportASlowLensAsUnsettled() {
    LensTrack track = new LensTrack(CONFIG.withLens(new SimulatedCameraConfig.Lens(3, 0.3, 0)));
    assertThat(track.at(0).settled()).isFalse();
  }

  @Test
  void shouldReportTheDirectionOfATriangle() {
    SimulatedCameraConfig.Sweep sweep = CONFIG.sweep();
    LensTrack track =
        new LensTrack(
            CONFIG.withSweep(
                new SimulatedCameraConfig.Sweep(
                    10, sweep.farthestDioptres(), sweep.nearestDioptres(), SweepPattern.TRIANGLE)));
    assertThat(track.period()).isEqualTo(18);
    for (int k = 1; k < 9; k++) {
      LensTrack.Exposure up = track.at(k);
      LensTrack.Exposure down = track.at(18 - k);
      assertThat(up.direction()).isEqualTo(1);
      assertThat(down.direction()).isEqualTo(-1);
      assertThat(up.start()).isLessThan(up.middle());
      assertThat(up.middle()).isLessThan(up.end());
      // 2 z / w = 2.8 ms of lag at 13.9 dioptres per second, plus half the hysteresis.
      assertThat(up.middle()).isCloseTo(sweep.focus(k) - 0.049, within(0.01));
      assertThat(down.middle()).isCloseTo(sweep.focus(k) + 0.049, within(0.01));
    }
  }

  @Test
  void shouldAverageTheBlurOverTheExposure() {
    LensTrack.Exposure still = new LensTrack.Exposure(3, 3, 3, true, 0);
    assertThat(still.meanSquareDistance(5)).isCloseTo(4, within(1e-12));
    LensTrack.Exposure moving = new LensTrack.Exposure(2, 3, 4, false, 1);
    // Mean of (x - 3)^2 for x from 2 to 4.
    assertThat(moving.meanSquareDistance(3)).isCloseTo(1 / 3.0, within(1e-12));
  }
}
