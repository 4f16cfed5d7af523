package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {
  /** Samples of {@code y = slope * x + offset}, where every group has an offset of its own. */
  private record Group(double[] x, double[] y, double sigma, double[] local)
      implements LeastSquares.Block {
    @Override
    public int size() {
      return x.length;
    }

    @Override
    public double[] localSteps() {
      return new double[] {1e-6};
    }

    @Override
    public void residuals(double[] shared, double[] offset, double[] out) {
      for (int i = 0; i < x.length; i++) {
        out[i] = (Math.exp(shared[0]) * x[i] + offset[0] - y[i]) / sigma;
      }
    }
  }

  private static List<Group> groups(Random random, double slope, double sigma, int outliers) {
    List<Group> groups = new ArrayList<>();
    for (int g = 0; g < 12; g++) {
      double[] x = new double[10];
      double[] y = new double[10];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextDouble();
        y[i] = slope * x[i] + 3 * g + sigma * random.nextGaussian();
      }
      if (g < outliers) {
        y[0] += 100 * sigma;
      }
      groups.add(new Group(x, y, sigma, new double[1]));
    }
    return groups;
  }

  private static LeastSquares.Solution solve(List<Group> groups) {
    return new LeastSquares(groups, new int[] {0}, new double[] {1e-6, 1}).solve(new double[2]);
  }

  @Test
  void shouldSolveForSharedAndOwnUnknowns() {
    List<Group> groups = groups(new Random(1), 2, 1e-9, 0);
    LeastSquares.Solution solution = solve(groups);
    assertThat(Math.exp(solution.shared()[0])).isCloseTo(2, within(1e-6));
    assertThat(groups.get(5).local()[0]).isCloseTo(15, within(1e-6));
    assertThat(solution.converged()).isTrue();
    assertThat(solution.shared()[1]).as("fixed").isZero();
    assertThat(solution.sigma()[1]).as("fixed").isZero();
  }

  @Test
  void shouldStateErrorsThatAreTrue() {
    Random random = new Random(2);
    double squares = 0;
    for (int i = 0; i < 300; i++) {
      LeastSquares.Solution solution = solve(groups(random, 2, 0.1, 0));
      double error = (solution.shared()[0] - Math.log(2)) / solution.sigma()[0];
      squares += error * error;
    }
    assertThat(Math.sqrt(squares / 300)).isBetween(0.75, 1.1);
  }

  @Test
  void shouldWithstandOutliers() {
    LeastSquares.Solution solution = solve(groups(new Random(3), 2, 0.01, 5));
    assertThat(Math.exp(solution.shared()[0])).isCloseTo(2, within(0.03));
  }

  @Test
  void shouldSayThatTheDataSayNothing() {
    Group one = new Group(new double[] {1}, new double[] {2}, 1, new double[1]);
    LeastSquares.Solution solution = solve(List.of(one));
    assertThat(solution.sigma()[0]).isGreaterThan(1e3);
  }
}
