package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FocusScaleTest {
  @Test
  void shouldTurnDioptresToMetres() {
    assertThat(FocusScale.DIOPTRE.depthAt(4, 0)).isEqualTo(0.25);
    assertThat(FocusScale.DIOPTRE.depthAt(4, 0.01)).isCloseTo(0.26, within(1e-12));
    assertThat(FocusScale.DIOPTRE.depthAt(0, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(FocusScale.DIOPTRE.isMetric()).isTrue();
  }

  @Test
  void shouldGiveTheFilesOwnIndexBack() {
    assertThat(FocusScale.INDEX_FAR_FIRST.depthAt(3, 0.5)).isEqualTo(3);
    assertThat(FocusScale.INDEX_NEAR_FIRST.depthAt(-3, 0.5)).isEqualTo(3);
    assertThat(FocusScale.INDEX_NEAR_FIRST.isMetric()).isFalse();
  }

  @Property(tries = 200, seed = "20261120")
  void shouldInvertDepth(
      @ForAll FocusScale scale,
      @ForAll @DoubleRange(min = 0.1, max = 50) double focus,
      @ForAll @DoubleRange(min = -0.05, max = 0.05) double offset) {
    assertThat(scale.focusAt(scale.depthAt(focus, offset), offset)).isCloseTo(focus, within(1e-9));
  }

  @Property(tries = 200, seed = "20261120")
  void shouldCallTheLargerFocusNearerInMetres(
      @ForAll @DoubleRange(min = 0.1, max = 50) double focus) {
    assertThat(FocusScale.DIOPTRE.depthAt(focus + 0.1, 0))
        .isLessThan(FocusScale.DIOPTRE.depthAt(focus, 0));
  }
}
