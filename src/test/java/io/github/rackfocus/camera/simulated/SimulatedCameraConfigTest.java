package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FramePool;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SimulatedCameraConfigTest {
  private static final SimulatedCameraConfig CONFIG = SimulatedCameraConfig.DEFAULTS;

  @Test
  void shouldNameTheWrongFieldAndItsRange() {
    refuses(() -> CONFIG.withSize(0, 240), "format.width is 0; expected 32 to 4096 pixels");
    refuses(
        () -> CONFIG.withSize(320, 100_000), "format.height is 100000; expected 32 to 4096 pixels");
    refuses(
        () -> CONFIG.withRate(Double.NaN),
        "format.rateHz is NaN; expected 0.1 to 1000 frames per second");
    refuses(() -> CONFIG.withPlanes(2), "sweep.planes is 2; expected 3 to 64 planes");
    refuses(() -> CONFIG.withPlanes(65), "sweep.planes is 65; expected 3 to 64 planes");
    refuses(
        () -> new SimulatedCameraConfig.Sweep(10, 5, 4, SweepPattern.SAW),
        "sweep.nearestDioptres is 4.0; expected at least 1 % more than sweep.farthestDioptres, 5.0");
    refuses(
        () -> new SimulatedCameraConfig.Lens(80, 0, 0),
        "lens.dampingRatio is 0; expected 0.05 to 10 of critical damping");
    refuses(
        () -> new SimulatedCameraConfig.Sensor(0.008, 1, 10_000, 12, 1, 0, 0),
        "sensor.dropProbability is 1; expected 0 to 0.99");
    refuses(
        () -> CONFIG.withRate(200),
        "sensor.exposureSeconds is 0.008; expected at most 0.005, one frame at 200.0 Hz");
    refuses(
        () -> CONFIG.playback().withStartStampNanos(-1),
        "playback.startStampNanos is -1; expected 0 or more");
  }

  @Test
  void shouldRejectMorePrerenderedFramesThanFitIntoMemory() {
    assertThatThrownBy(() ->
            new SimulatedCamera(
                CONFIG
                    .withSize(4096, 4096)
                    .withScene(CONFIG.scene().withMotionMetresPerSecond(0.1))
                    .withPlayback(CONFIG.playback().withPrerenderedSweeps(100)),
                new FramePool(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prerenderedSweeps is 100, which takes 96000 MB; expected at most")
        .hasMessageEndingWith("or 0 to render each frame on demand");
  }

  @Test
  void shouldSpreadThePlanesEvenlyInDioptres() {
    assertThat(CONFIG.sweep().focus(0)).isEqualTo(1 / 0.6);
    assertThat(CONFIG.sweep().focus(9)).isCloseTo(10, within(1e-12));
    assertThat(CONFIG.sweep().planeDistance()).isCloseTo((10 - 1 / 0.6) / 9, within(1e-12));
  }

  private static void refuses(ThrowingCallable making, String sentence) {
    assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(sentence);
  }
}
