package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.sink.Png;
import io.github.rackfocus.sink.TestDepthMaps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedDepthTest {
  /** Decodes a code as compressed_depth_image_transport does. */
  private static float decoded(int code, float a, float b) {
    return code == 0 ? Float.NaN : a / (code - b);
  }

  @Property(seed = "20261120")
  void shouldErrByHalfAStepInDioptresAtMost(
      @ForAll @DoubleRange(min = 0.02, max = 3) double nearest,
      @ForAll @DoubleRange(min = 0.05, max = 50) double range,
      @ForAll @DoubleRange(min = 0, max = 1) double position) {
    double farthest = nearest + range;
    float[] ab = CompressedDepth.parameters(nearest, farthest);
    double dioptres = position / nearest + (1 - position) / farthest;
    float depth = (float) (1 / dioptres);
    int code = CompressedDepth.code(depth, ab[0], ab[1]);
    assertThat(code).isBetween(1, 65535);
    // Relative rounding error of c − B in a reader's float arithmetic, with margin.
    double floats = 3e-7 * (1 / depth + Math.abs(ab[1]) / ab[0]);
    double bound = 0.5 / ab[0] + floats;
    assertThat(1 / (double) decoded(code, ab[0], ab[1]))
        .isBetween(1 / (double) depth - bound, 1 / (double) depth + bound);
  }

  /** The transport's default parameters overflow 16 bits there. */
  @Test
  void shouldBeFineAtEightCentimetres() {
    double a = 100 * 101;
    assertThat(a / 0.08 + 1 - a / 10).isGreaterThan(65535);
    float[] ab = CompressedDepth.parameters(0.07, 0.6);
    float depth = decoded(CompressedDepth.code(0.08f, ab[0], ab[1]), ab[0], ab[1]);
    assertThat(depth).isBetween(0.08f - 1e-6f, 0.08f + 1e-6f);
  }

  @Test
  void shouldReachToInfinity() {
    float[] ab = CompressedDepth.parameters(0.1, Double.POSITIVE_INFINITY);
    for (float depth : new float[] {0.1f, 1, 10, 100, 1000}) {
      int code = CompressedDepth.code(depth, ab[0], ab[1]);
      assertThat(1 / decoded(code, ab[0], ab[1])).isBetween(1 / depth - 1e-4f, 1 / depth + 1e-4f);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 0, -1})
  void shouldHaveOneCodeForAllThatIsNoDepth(float depth) {
    float[] ab = CompressedDepth.parameters(0.1, 0.6);
    assertThat(CompressedDepth.code(depth, ab[0], ab[1])).isZero();
  }

  @Test
  void shouldPutTheHeaderBeforeThePng() throws Exception {
    try (DepthMap map =
        TestDepthMaps.scene(
            new DepthMapPool(1), 100, 40, 1, 2, FocusScale.DIOPTRE, TestDepthMaps.DIOPTRES)) {
      CompressedImage message = new CompressedImage();
      new CompressedDepth().write(map, message);
      assertThat(message.format).isEqualTo("32FC1; compressedDepth png");
      ByteBuffer data = message.data.order(ByteOrder.LITTLE_ENDIAN);
      assertThat(data.getInt()).as("inverse depth").isZero();
      float a = data.getFloat();
      float b = data.getFloat();
      byte[] png = new byte[data.remaining()];
      data.get(png);
      short[] codes = Png.decode16(png, map.width(), map.height());
      int numbers = 0;
      for (int i = 0; i < codes.length; i++) {
        float depth = map.depth().get(i);
        float read = decoded(codes[i] & 0xffff, a, b);
        if (Float.isFinite(depth)) {
          numbers++;
          assertThat(read).isBetween(depth - 1e-4f * depth, depth + 1e-4f * depth);
        } else {
          assertThat(read).isNaN();
        }
      }
      assertThat(numbers).isGreaterThan(500);
    }
  }
}
