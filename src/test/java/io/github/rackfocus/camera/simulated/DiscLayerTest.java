package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class DiscLayerTest {
  private static final int SIDE = 41;
  private static final int MARGIN = 14;

  @Property(tries = 60, seed = "20261120")
  void shouldSpreadAPointEvenlyOverADiscWithoutLoss(
      @ForAll @DoubleRange(min = 0, max = 11) double radius) {
    DiscLayer layer = new DiscLayer(SIDE, SIDE, MARGIN);
    layer.radius(radius);
    layer.addRow(20, 20, new float[] {1}, new float[] {1}, 1);
    float[] picture = new float[SIDE * SIDE];
    layer.composeOver(picture);
    double sum = 0;
    double spread = 0;
    for (int i = 0; i < picture.length; i++) {
      int dx = i % SIDE - 20;
      int dy = i / SIDE - 20;
      sum += picture[i];
      spread += picture[i] * (dx * dx + dy * dy);
      if (Math.hypot(dx, dy) > radius + 2.2) {
        assertThat(picture[i]).isCloseTo(0, within(1e-6f));
      }
      assertThat(picture[i]).isCloseTo(picture[(20 + dy) * SIDE + 20 - dx], within(1e-5f));
    }
    assertThat(sum).isCloseTo(1, within(1e-4));
    // The mean square distance of a disc is half its squared radius, which includes the minimum
    // blur.
    double expected = (radius * radius + 0.65 * 0.65) / 2;
    assertThat(spread).isCloseTo(expected, within(0.35 + 0.03 * expected));
  }

  @Property(tries = 20, seed = "20261120")
  void shouldNotChangeAUniformLayer(@ForAll @DoubleRange(min = 0, max = 10) double radius) {
    DiscLayer layer = new DiscLayer(SIDE, SIDE, MARGIN);
    layer.radius(radius);
    float[] light = new float[SIDE + 2 * MARGIN];
    float[] cover = new float[SIDE + 2 * MARGIN];
    Arrays.fill(light, 0.4f);
    Arrays.fill(cover, 1);
    for (int y = -MARGIN; y < SIDE + MARGIN; y++) {
      layer.addRow(y, -MARGIN, light, cover, light.length);
    }
    float[] picture = new float[SIDE * SIDE];
    Arrays.fill(picture, 0.9f);
    layer.composeOver(picture);
    for (float value : picture) {
      assertThat(value).isCloseTo(0.4f, within(1e-3f));
    }
  }

  @Property(tries = 20, seed = "20261120")
  void shouldShowTheBackgroundThroughABlurredEdge(
      @ForAll @DoubleRange(min = 3, max = 10) double radius) {
    DiscLayer layer = new DiscLayer(SIDE, SIDE, MARGIN);
    layer.radius(radius);
    float[] light = new float[MARGIN + 20];
    float[] cover = new float[MARGIN + 20];
    Arrays.fill(cover, 1);
    for (int y = -MARGIN; y < SIDE + MARGIN; y++) {
      layer.addRow(y, -MARGIN, light, cover, light.length);
    }
    float[] picture = new float[SIDE * SIDE];
    Arrays.fill(picture, 1);
    layer.composeOver(picture);
    int row = 20 * SIDE;
    assertThat(picture[row]).isCloseTo(0, within(1e-3f));
    assertThat((picture[row + 19] + picture[row + 20]) / 2).isCloseTo(0.5f, within(1e-3f));
    assertThat(picture[row + 40]).isCloseTo(1, within(1e-3f));
  }
}
