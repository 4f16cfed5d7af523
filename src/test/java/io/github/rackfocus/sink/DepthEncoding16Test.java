package io.github.rackfocus.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.frame.FocusScale;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class DepthEncoding16Test {
  @Property(seed = "20261120")
  void shouldKeepEveryDepthOfTheSweepWithinHalfAUnit(
      @ForAll @DoubleRange(min = 0.01, max = 50) double nearest,
      @ForAll @DoubleRange(min = 0.0001, max = 100) @Scale(6) double range,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double share) {
    DepthEncoding16 encoding =
        DepthEncoding16.forRange(FocusScale.DIOPTRE, nearest, nearest + range);
    float depth = (float) (nearest + share * range);
    float decoded = encoding.decode(encoding.encode(depth));
    // Plus the rounding of the floats themselves.
    assertThat((double) Math.abs(decoded - depth))
        .isLessThanOrEqualTo(encoding.unit() / 2 + Math.ulp(depth));
  }

  @Property(seed = "20261120")
  void shouldRoundTripEveryCode(@ForAll @IntRange(max = 65535) int code) {
    DepthEncoding16 encoding = new DepthEncoding16(0.0001);
    assertThat(encoding.encode(encoding.decode(code))).isEqualTo(code);
  }

  @Property(seed = "20261120")
  void shouldKeepEveryIndexWithinTwoUnits(
      @ForAll @DoubleRange(min = 0, max = 63) @Scale(6) double index) {
    DepthEncoding16 encoding = DepthEncoding16.forRange(FocusScale.INDEX_NEAR_FIRST, 0, 63);
    assertThat(encoding.unit()).isEqualTo(0.001);
    float decoded = encoding.decode(encoding.encode((float) index));
    double bound = index < 1.5 * encoding.unit() ? 2 * encoding.unit() : 0.501 * encoding.unit();
    assertThat(Math.abs(decoded - index)).isLessThanOrEqualTo(bound + Math.ulp(decoded));
  }

  @Example
  void shouldEncodeNanAndInfinities() {
    DepthEncoding16 encoding = new DepthEncoding16(0.0001);
    assertThat(encoding.encode(Float.NaN)).isEqualTo(0);
    assertThat(encoding.encode(Float.NEGATIVE_INFINITY)).isEqualTo(1);
    assertThat(encoding.encode(Float.POSITIVE_INFINITY)).isEqualTo(65535);
    assertThat(encoding.decode(0)).isNaN();
    assertThat(encoding.decode(1)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(encoding.decode(65535)).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Example
  void shouldNeverEncodeANumberAsASpecialValue() {
    DepthEncoding16 encoding = new DepthEncoding16(0.0001);
    assertThat(encoding.encode(0f)).isEqualTo(2);
    assertThat(encoding.encode(-3f)).isEqualTo(2);
    assertThat(encoding.encode(0.00012f)).isEqualTo(2);
    assertThat(encoding.encode(6.5534f)).isEqualTo(65534);
    // Depth too large for 16 bits is beyond the sweep.
    assertThat(encoding.encode(6.6f)).isEqualTo(65535);
    assertThat(encoding.encode(Float.MAX_VALUE)).isEqualTo(65535);
  }

  @Example
  void shouldUseATenthOfAMillimetreUnlessTheRangeRequiresAnotherUnit() {
    assertThat(DepthEncoding16.forRange(FocusScale.DIOPTRE, 0.2, 5).unit()).isEqualTo(0.0001);
    assertThat(DepthEncoding16.forRange(FocusScale.DIOPTRE, 6.5, 0.2).unit()).isEqualTo(0.0001);
    assertThat(DepthEncoding16.forRange(FocusScale.DIOPTRE, 0.2, 20).unit()).isEqualTo(0.0005);
    // 2 mm of depth at 100 mm: a tenth of a millimetre would be half a plane.
    assertThat(DepthEncoding16.forRange(FocusScale.DIOPTRE, 0.098, 0.1).unit()).isEqualTo(2e-6);
  }

  @Example
  void shouldRejectAnInvalidUnit() {
    for (double unit : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new DepthEncoding16(unit))
          .hasMessageContaining("unit of 16-bit depth is " + unit);
    }
  }
}
