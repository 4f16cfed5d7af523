package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class AffineTest {
  private static final double TINY = 1e-9;

  private static Affine of(double scale, double turn, double shift) {
    return new Affine().set(scale, -turn, shift, turn, scale + 0.01, 3 - shift);
  }

  @Property
  void shouldUndoItselfByItsInverse(
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale,
      @ForAll @DoubleRange(min = -0.3, max = 0.3) double turn,
      @ForAll @DoubleRange(min = -100, max = 100) double shift) {
    Affine affine = of(scale, turn, shift);
    Affine both = new Affine().setSequence(affine, new Affine().setInverse(affine));
    assertThat(both.largestShift(640, 480)).isLessThan(1e-8);
    both.setInverse(both.set(affine));
    assertThat(both.setSequence(affine, both).largestShift(640, 480)).isLessThan(1e-8);
  }

  @Property
  void shouldApplyTheFirstAndThenTheSecond(
      @ForAll @DoubleRange(min = -50, max = 50) double x,
      @ForAll @DoubleRange(min = -50, max = 50) double y) {
    Affine first = of(1.1, 0.1, 4);
    Affine second = of(0.8, -0.2, -7);
    Affine both = new Affine().setSequence(first, second);
    double middleX = first.x(x, y);
    double middleY = first.y(x, y);
    assertThat(both.x(x, y)).isCloseTo(second.x(middleX, middleY), within(TINY));
    assertThat(both.y(x, y)).isCloseTo(second.y(middleX, middleY), within(TINY));
  }

  /** The centre of a small pixel is that of the 4 x 4 large ones that it stands for. */
  @Property
  void shouldMeanTheSameInALargerImage(
      @ForAll @DoubleRange(min = 0, max = 160) double x,
      @ForAll @DoubleRange(min = 0, max = 120) double y) {
    Affine small = of(1.05, 0.03, 2);
    Affine large = new Affine().setScaled(small, 4);
    double largeX = 4 * x + 1.5;
    double largeY = 4 * y + 1.5;
    assertThat(large.x(largeX, largeY)).isCloseTo(4 * small.x(x, y) + 1.5, within(1e-8));
    assertThat(large.y(largeX, largeY)).isCloseTo(4 * small.y(x, y) + 1.5, within(1e-8));
    assertThat(large.setScaled(large, 0.25).distance(small, 160, 120)).isLessThan(TINY);
  }

  @Test
  void shouldMeasureShiftsAtTheCorners() {
    assertThat(new Affine().largestShift(640, 480)).isZero();
    assertThat(new Affine().set(1, 0, 3, 0, 1, -4).largestShift(640, 480)).isEqualTo(5);
    assertThat(new Affine().set(1.01, 0, 0, 0, 1, 0).largestShift(101, 50))
        .isCloseTo(1, within(TINY));
    assertThat(of(1.2, 0.1, 9).distance(of(1.2, 0.1, 9), 640, 480)).isZero();
  }

  @Test
  void shouldKnowTheIdentity() {
    assertThat(new Affine().isIdentity()).isTrue();
    assertThat(of(1, 0.1, 0).isIdentity()).isFalse();
    assertThat(of(1, 0.1, 0).setIdentity().isIdentity()).isTrue();
  }

  @Test
  void shouldRejectATransformWithoutInverse() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Affine().setInverse(new Affine().set(1, 2, 0, 2, 4, 0)))
        .withMessageContaining("has no inverse");
  }
}
