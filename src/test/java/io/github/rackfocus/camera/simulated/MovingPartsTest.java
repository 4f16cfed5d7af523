package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FramePool;
import org.junit.jupiter.api.Test;

class MovingPartsTest {
  private static final SimulatedCameraConfig CONFIG =
      SimulatedCameraConfig.DEFAULTS
          .withSize(96, 72)
          .withScene(new SimulatedCameraConfig.Scene(5, 0.05))
          .withPlayback(new SimulatedCameraConfig.Playback(0, false, 0));

  @Test
  void shouldSeeAPartWhereverTheDepthOfAStillCameraChanges() {
    MovingParts parts = new MovingParts(CONFIG);
    try (SimulatedCamera camera = new SimulatedCamera(CONFIG, new FramePool(1))) {
      int sweep = camera.sweepFrames();
      float[] before = camera.groundTruth(3).values();
      float[] after = camera.groundTruth(3 + sweep).values();
      byte[] seenBefore = parts.seen(3);
      byte[] seenAfter = parts.seen(3 + sweep);
      int changed = 0;
      for (int i = 0; i < before.length; i++) {
        if (before[i] != after[i]) {
          changed++;
          assertThat(seenBefore[i] | seenAfter[i]).as("pixel %d", i).isNotZero();
        }
      }
      assertThat(changed).isGreaterThan(20);
    }
  }

  @Test
  void shouldDisplaceAPartAsTheImageShows() {
    MovingParts parts = new MovingParts(CONFIG);
    try (SimulatedCamera camera = new SimulatedCamera(CONFIG, new FramePool(1))) {
      int sweep = camera.sweepFrames();
      byte[] before = parts.seen(3);
      byte[] after = parts.seen(3 + sweep);
      int part = largest(before);
      double depth = 0;
      double count = 0;
      float[] truth = camera.groundTruth(3).values();
      for (int i = 0; i < before.length; i++) {
        depth += before[i] == part ? truth[i] : 0;
        count += before[i] == part ? 1 : 0;
      }
      double expected = Math.abs(centre(after, part) - centre(before, part));
      assertThat(expected).isGreaterThan(1);
      assertThat(parts.displacement(part, depth / count, 3, 3 + sweep))
          .isCloseTo(expected, within(0.25 * expected));
    }
  }

  @Test
  void shouldRefuseAStillScene() {
    SimulatedCameraConfig still = CONFIG.withScene(new SimulatedCameraConfig.Scene(5, 0));
    assertThatThrownBy(() -> new MovingParts(still))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scene.motionMetresPerSecond is 0.0; expected above 0");
  }

  private static int largest(byte[] seen) {
    int[] pixels = new int[Byte.MAX_VALUE + 1];
    for (byte part : seen) {
      pixels[part]++;
    }
    int largest = 1;
    for (int part = 2; part < pixels.length; part++) {
      largest = pixels[part] > pixels[largest] ? part : largest;
    }
    return largest;
  }

  private static double centre(byte[] seen, int part) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < seen.length; i++) {
      if (seen[i] == part) {
        sum += i % 96;
        count++;
      }
    }
    return sum / count;
  }
}
