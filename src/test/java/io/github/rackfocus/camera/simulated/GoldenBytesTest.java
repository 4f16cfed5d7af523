package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Benchmarks and accuracy figures of former releases hold as long as these bytes do. */
class GoldenBytesTest {
  private static final SimulatedCameraConfig CONFIG =
      SimulatedCameraConfig.DEFAULTS
          .withSize(96, 72)
          .withPlayback(new SimulatedCameraConfig.Playback(1, false, 0));

  @Test
  void shouldKeepTheBytesOfTheDefaultCamera() throws Exception {
    assertThat(digest(CONFIG, 12)).isEqualTo("c19fa977 22dd2164 77533bc7");
  }

  @Test
  void shouldKeepTheBytesOfAMovingScene() throws Exception {
    SimulatedCameraConfig moving =
        CONFIG
            .withScene(CONFIG.scene().withMotionMetresPerSecond(0.05))
            .withPlayback(new SimulatedCameraConfig.Playback(2, false, 5));
    assertThat(digest(moving, 22)).isEqualTo("b17181dd ba2bf1b5 e15a9ca7");
  }

  @Test
  void shouldKeepTheBytesOfATriangleWithHysteresis() throws Exception {
    SimulatedCameraConfig triangle =
        CONFIG
            .withSweep(new SimulatedCameraConfig.Sweep(5, 2, 8, SweepPattern.TRIANGLE))
            .withLens(new SimulatedCameraConfig.Lens(60, 0.5, 0.2));
    assertThat(digest(triangle, 12)).isEqualTo("7e8735ed cac7adab 1db1ad3e");
  }

  @Test
  void shouldKeepTheBytesOfAFaultySensor() throws Exception {
    SimulatedCameraConfig faulty =
        CONFIG.withSensor(new SimulatedCameraConfig.Sensor(0.02, 2, 3000, 20, 0.2, 0.003, 0.05));
    assertThat(digest(faulty, 15)).isEqualTo("6457d184 e8a6bbb8 defdf843");
  }

  @Test
  void shouldKeepTheBytesOfABreathingLens() throws Exception {
    SimulatedCameraConfig breathing =
        CONFIG.withOptics(new SimulatedCameraConfig.Optics(11.25, 0.01));
    assertThat(digest(breathing, 12)).isEqualTo("3b79b316 22dd2164 ec5aff5f");
  }

  /** Returns checksums of luma, of stamps and readings, and of truth. */
  private static String digest(SimulatedCameraConfig config, int count) throws Exception {
    CRC32 pixels = new CRC32();
    CRC32 readings = new CRC32();
    CRC32 truths = new CRC32();
    FramePool pool = new FramePool(2);
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      for (int k = 0; k < count; k++) {
        try (Frame frame = camera.next()) {
          byte[] luma = new byte[frame.pixels()];
          frame.luma().get(0, luma);
          pixels.update(luma);
          String reading = frame.sequence() + " " + frame.stampNanos() + " " + frame.focus();
          readings.update(reading.getBytes(StandardCharsets.UTF_8));
          ByteBuffer truth = ByteBuffer.allocate(4 * luma.length);
          truth.asFloatBuffer().put(camera.groundTruth(frame.sequence()).values());
          truths.update(truth.array());
        }
      }
    }
    return "%08x %08x %08x".formatted(pixels.getValue(), readings.getValue(), truths.getValue());
  }
}
