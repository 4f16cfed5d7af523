package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenarioTest {
  private static final SimulatedCameraConfig SMALL =
      SimulatedCameraConfig.DEFAULTS
          .withSize(64, 48)
          .withPlayback(new SimulatedCameraConfig.Playback(1, false, 0));

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void shouldBeFoundByItsName(Scenario scenario) {
    assertThat(Scenario.parse(scenario.label())).isSameAs(scenario);
    assertThat(scenario.description()).endsWith(".");
  }

  @Test
  void shouldBeInTheTableOfTheDocument() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("docs", "simulator.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .isEqualTo(
            Arrays.stream(Scenario.values())
                .map(each -> "| `" + each.label() + "` | " + each.description() + " |")
                .toList());
  }

  @Test
  void shouldListAllNamesForAnUnknownOne() {
    assertThatThrownBy(() -> Scenario.parse("Handshake"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "scenario is 'Handshake'; expected still, breathing, hand-shake, robot-motion,"
                + " hysteresis, temperature-drift, flicker, auto-exposure, rolling-shutter,"
                + " highlights, clock-offset, everything");
  }

  @Test
  void shouldChangeNothingWhenStill() {
    assertThat(Scenario.STILL.applyTo(SMALL)).isSameAs(SMALL);
  }

  /** Truth is finite and on the bench, and repeats with the frames rendered ahead. */
  @ParameterizedTest
  @EnumSource(Scenario.class)
  void shouldRunWithTruthOfEveryFrame(Scenario scenario) throws Exception {
    SimulatedCameraConfig config = scenario.applyTo(SMALL);
    int sweeps = Math.min(2, config.playback().prerenderedSweeps());
    config = config.withPlayback(config.playback().withPrerenderedSweeps(sweeps));
    int loop = sweeps * config.sweepFrames();
    FramePool pool = new FramePool(2);
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      for (int k = 0; k < loop + 2; k++) {
        try (Frame frame = camera.next()) {
          assertThat(frame.focus().isKnown()).isTrue();
        }
        for (float depth : camera.groundTruth(k).values()) {
          if (!(depth > 0.08f && depth < 1.2f)) {
            throw new AssertionError("frame " + k + " has a depth of " + depth);
          }
        }
        assertThat(camera.trueFocus(k + loop)).isCloseTo(camera.trueFocus(k), within(1e-9));
        double[] round = camera.trueWarp(k, k + loop).map(20, 30, 0.2);
        assertThat(round).containsExactly(new double[] {20, 30, 0.2}, within(1e-6));
      }
    }
    assertThat(pool.leased()).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Scenario.class, names = "STILL", mode = EnumSource.Mode.EXCLUDE)
  void shouldDisturbSomething(Scenario scenario) {
    assertThat(scenario.applyTo(SMALL)).isNotEqualTo(SMALL);
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void shouldKeepTheViewOnTheBenchAtAnySize(Scenario scenario) {
    for (int[] size : new int[][] {{32, 32}, {320, 240}, {640, 480}, {1280, 720}, {2048, 1536}}) {
      for (int planes : new int[] {3, 10, 64}) {
        SimulatedCameraConfig config =
            SimulatedCameraConfig.DEFAULTS.withSize(size[0], size[1]).withPlanes(planes);
        SimulatedCamera.checkMotion(scenario.applyTo(config));
      }
    }
  }

  @Test
  void shouldMoveARobotByTwentyPixelsASweepWithFourPercentOfBreathing() {
    SimulatedCameraConfig config =
        Scenario.ROBOT_MOTION.applyTo(SimulatedCameraConfig.DEFAULTS.withSize(640, 480));
    assertThat(config.motion().panPixelsPerSweep()).isEqualTo(20);
    double range = config.sweep().nearestDioptres() - config.sweep().farthestDioptres();
    assertThat(config.optics().breathingPerDioptre() * range).isCloseTo(0.04, within(1e-9));
    CameraState state =
        new CameraState(
            config.withMotion(config.motion().withTravelMetresPerSecond(0)),
            config.playback().prerenderedSweeps() * config.sweepFrames());
    // The same focus one sweep later, so that only the pan moves the image's centre.
    double[] moved = new TrueWarp(config, state, 4, 14).map(319.5, 239.5, 0.25);
    // The chord of an eighth of a circle is 2.6 % shorter than its arc.
    assertThat(Math.hypot(moved[0] - 319.5, moved[1] - 239.5)).isCloseTo(20, within(1.2));
  }

  @Test
  void shouldCombineEverything() {
    SimulatedCameraConfig all = Scenario.EVERYTHING.applyTo(SMALL);
    assertThat(all.motion().isMoving()).isTrue();
    assertThat(all.motion().shakes()).isTrue();
    assertThat(all.motion().panPixelsPerSweep()).isEqualTo(2);
    assertThat(all.shutter().isRolling()).isTrue();
    assertThat(all.light().varies()).isTrue();
    assertThat(all.light().highlights()).isPositive();
    assertThat(all.optics().driftXPixelsPerDioptre()).isPositive();
    assertThat(all.readings().source()).isEqualTo(LensReadingsConfig.Source.COMMAND);
    assertThat(all.readings().clockOffsetSeconds()).isEqualTo(0.01);
    assertThat(all.temperature().drifts()).isTrue();
    assertThat(all.lens().hysteresisDioptres()).isEqualTo(0.3);
    assertThat(all.sweep().pattern()).isEqualTo(SweepPattern.TRIANGLE);
  }

  /** Each row of the truth is that of a camera with a global shutter at the time of the row. */
  @Test
  void shouldGiveTheTruthOfEachRowOfARollingShutter() {
    SimulatedCameraConfig config = Scenario.ROLLING_SHUTTER.applyTo(SMALL);
    CameraState state = new CameraState(config, 90);
    ThinLensRenderer renderer = new ThinLensRenderer(config);
    float[] rolling = renderer.depth(state.capture(5, 0));
    for (int row : new int[] {0, 11, 30, 47}) {
      View view = state.view(5, row);
      double late = 0.02 * ((row + 0.5) / 48 - 0.5);
      assertThat(view.seconds()).isCloseTo(5.5 / 15 + late, within(1e-12));
      LensTrack.Exposure exposure = state.exposure(5, row);
      assertThat(exposure.middle()).isCloseTo(state.track().focusAt(5.5 + late * 15), within(1e-9));
      // The row has the magnification of its own focus.
      double magnification = 1 + 0.0048 * (exposure.middle() - (1 / 0.6 + 10) / 2);
      assertThat(view.focalPixels()).isCloseTo(1.2 * 64 * magnification, within(1e-9));
      Capture global = new Capture(0, new View[] {view}, new LensTrack.Exposure[] {exposure});
      float[] whole = renderer.depth(global);
      assertThat(Arrays.copyOfRange(rolling, row * 64, row * 64 + 64))
          .isEqualTo(Arrays.copyOfRange(whole, row * 64, row * 64 + 64));
    }
    assertThat(state.exposure(5, 47).middle() - state.exposure(5, 0).middle())
        .isCloseTo(0.02 * 47 / 48 * 15 * config.sweep().planeDistance(), within(0.02));
  }

  @Test
  void shouldHoldMovingFramesWithinTheBoundOfMemory() {
    assertThatThrownBy(() ->
            new SimulatedCamera(
                Scenario.ROBOT_MOTION
                    .applyTo(SMALL.withSize(4096, 4096).withPlanes(64))
                    .withPlayback(new SimulatedCameraConfig.Playback(100, false, 0)),
                new FramePool(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prerenderedSweeps is 100, which takes 614400 MB; expected at");
  }
}
