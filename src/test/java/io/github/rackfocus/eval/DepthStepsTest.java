package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DepthStepsTest {
  private static final int WIDTH = 20;
  private static final int HEIGHT = 15;

  @Test
  void shouldFindNoneOnASlope() {
    double[] planes = new double[WIDTH * HEIGHT];
    Arrays.setAll(planes, i -> 0.45 * (i % WIDTH) + 0.4 * (i / WIDTH));
    assertThat(DepthSteps.near(planes, WIDTH)).containsOnly(false);
  }

  @Test
  void shouldReachFourPixelsToEachSideOfAStep() {
    double[] planes = new double[WIDTH * HEIGHT];
    Arrays.setAll(planes, i -> i % WIDTH < 10 ? 3 : 3.6);
    boolean[] near = DepthSteps.near(planes, WIDTH);
    for (int i = 0; i < near.length; i++) {
      int x = i % WIDTH;
      assertThat(near[i]).as("column %d", x).isEqualTo(x >= 5 && x <= 14);
    }
  }

  @Test
  void shouldTakeASquareAroundAPixelAndStopAtTheBorder() {
    double[] planes = new double[WIDTH * HEIGHT];
    planes[2 * WIDTH + 1] = 2;
    boolean[] near = DepthSteps.near(planes, WIDTH);
    for (int i = 0; i < near.length; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      // The pixel's neighbours are beside the step as well; corners of the cross are cut.
      boolean expected = (x <= 6 && y <= 6) || (x <= 5 && y <= 7);
      assertThat(near[i]).as("%d, %d", x, y).isEqualTo(expected);
    }
  }

  @Test
  void shouldNotTakeUnknownTruthForAStep() {
    double[] planes = new double[WIDTH * HEIGHT];
    Arrays.setAll(planes, i -> i % WIDTH < 10 ? 3 : Double.NaN);
    assertThat(DepthSteps.near(planes, WIDTH)).containsOnly(false);
  }
}
