package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MonotoneFitTest {
  private static double error(double[] values, double... truths) {
    return MonotoneFit.meanError(values, truths, truths.length);
  }

  @Test
  void shouldRemoveAnyIncreasingRescaling() {
    double[] values = {3, 1, 2, 5, 4};
    double[] truths = {27, 1, 8, 125, 64};
    assertThat(error(values, truths)).isZero();
  }

  @Test
  void shouldPoolWhatIsOutOfOrder() {
    // 2 and 4 swapped become their mean.
    assertThat(error(new double[] {1, 2, 3, 4}, 0, 4, 2, 9)).isCloseTo(0.5, within(1e-12));
    assertThat(error(new double[] {1, 2, 3}, 3, 2, 1)).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void shouldGiveEqualValuesOneFit() {
    assertThat(error(new double[] {1, 1, 2}, 0, 2, 5)).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Property(tries = 100)
  void shouldErrNoMoreInSquaresThanTheValuesAndNotDependOnTheOrder(
      @ForAll @IntRange(min = 1, max = 60) int count, @ForAll long seed) {
    Random random = new Random(seed);
    double[] values = random.doubles(count).map(v -> Math.rint(20 * v)).toArray();
    double[] truths = random.doubles(count).map(v -> 20 * v).toArray();
    double[] back = new double[count];
    double[] backTruths = new double[count];
    double squares = 0;
    for (int i = 0; i < count; i++) {
      back[count - 1 - i] = values[i];
      backTruths[count - 1 - i] = truths[i];
      squares += (values[i] - truths[i]) * (values[i] - truths[i]);
    }
    double found = MonotoneFit.meanError(values, truths, count);
    assertThat(found).isBetween(0.0, Math.sqrt(squares / count) + 1e-9);
    assertThat(MonotoneFit.meanError(back, backTruths, count)).isCloseTo(found, within(1e-9));
  }
}
