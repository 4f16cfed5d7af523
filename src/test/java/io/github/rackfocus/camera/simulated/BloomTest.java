package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BloomTest {
  private static final SimulatedCameraConfig CONFIG =
      SimulatedCameraConfig.DEFAULTS.withSize(128, 96);

  @ParameterizedTest
  @ValueSource(doubles = {2, 5, 8})
  void shouldSpreadTheStatedShareOverTheStatedWidth(double sigma) {
    float[] light = new float[128 * 96];
    light[48 * 128 + 64] = 11;
    new Bloom(CONFIG.withLight(CONFIG.light().withBloom(0.3).withBloomPixels(sigma))).spread(light);
    light[48 * 128 + 64] -= 11;
    double sum = 0;
    double square = 0;
    for (int i = 0; i < light.length; i++) {
      sum += light[i];
      square += light[i] * Math.pow(i % 128 - 64, 2);
    }
    assertThat(sum).isCloseTo(0.3 * 10, within(1e-3));
    // Boxes have whole numbers of pixels.
    assertThat(Math.sqrt(square / sum)).isCloseTo(sigma, within(0.55));
  }

  @Test
  void shouldLeaveAnImageWithoutSaturationAsItIs() {
    float[] light = new float[128 * 96];
    Arrays.fill(light, 0.99f);
    float[] copy = light.clone();
    new Bloom(CONFIG.withLight(CONFIG.light().withBloom(1))).spread(light);
    assertThat(light).isEqualTo(copy);
  }

  @Test
  void shouldSaturateRoundSolidsAndTheirSurroundings() throws Exception {
    SimulatedCameraConfig still =
        CONFIG.withPlayback(new SimulatedCameraConfig.Playback(0, false, 0));
    SimulatedCameraConfig shiny = still.withLight(still.light().withHighlights(8));
    SimulatedCameraConfig blooming = shiny.withLight(shiny.light().withBloom(0.2));
    int plain = saturated(still);
    int mirrored = saturated(shiny);
    assertThat(mirrored).isGreaterThan(plain + 15).isLessThan(128 * 96 / 20);
    assertThat(saturated(blooming)).isGreaterThan(mirrored);
  }

  private static int saturated(SimulatedCameraConfig config) throws Exception {
    try (SimulatedCamera camera = new SimulatedCamera(config, new FramePool(1));
        Frame frame = camera.next()) {
      int count = 0;
      for (int i = 0; i < frame.pixels(); i++) {
        count += frame.lumaAt(i) == 255 ? 1 : 0;
      }
      return count;
    }
  }
}
