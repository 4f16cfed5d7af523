package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LensBreathingTest {
  private static final LensBreathing LENS =
      new LensBreathing(5, 0.01, 0.001, 0.5, -0.25, 320, 240);

  private static double[] moved(LensBreathing lens, double focus, double x, double y) {
    double[] t = new double[6];
    lens.toRaw(focus, t);
    return new double[] {t[0] * x + t[1] * y + t[2], t[3] * x + t[4] * y + t[5]};
  }

  @Test
  void shouldLeaveTheReferenceViewAsItIs() {
    assertThat(moved(LENS, 5, 17, 400)).containsExactly(new double[] {17, 400}, within(1e-12));
  }

  @Test
  void shouldGrowAboutThePrincipalPointAndShift() {
    // Two dioptres nearer: 1 + 2 * 0.01 + 4 * 0.001 = 1.024.
    assertThat(moved(LENS, 7, 320, 240)).containsExactly(new double[] {321, 239.5}, within(1e-9));
    assertThat(moved(LENS, 7, 420, 140))
        .containsExactly(new double[] {423.4, 137.1}, within(1e-9));
  }

  @Test
  void shouldFollowACropAndBinning() {
    LensBreathing half = LENS.mapped(100, 40, 0.5, 0.5);
    double[] whole = moved(LENS, 3, 500, 300);
    double[] binned = moved(half, 3, (500 - 100) * 0.5, (300 - 40) * 0.5);
    assertThat(binned)
        .containsExactly(
            new double[] {(whole[0] - 100) * 0.5, (whole[1] - 40) * 0.5}, within(1e-9));
  }

  @Test
  void shouldKnowWhenItDoesNothing() {
    assertThat(LensBreathing.NONE.isActive()).isFalse();
    assertThat(LENS.isActive()).isTrue();
    assertThat(new LensBreathing(5, 0, 0, 0, 0, 320, 240).isActive()).isFalse();
  }
}
