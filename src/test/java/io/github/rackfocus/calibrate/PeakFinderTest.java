package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class PeakFinderTest {
  private static List<LensSample> pass(int frames) {
    List<LensSample> pass = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      pass.add(new LensSample(i, 10.0 * i / (frames - 1), 5, 0));
    }
    return pass;
  }

  private static double[] sharpness(List<LensSample> pass, DoubleUnaryOperator curve) {
    return pass.stream().mapToDouble(each -> curve.applyAsDouble(each.power())).toArray();
  }

  @Test
  void shouldFindPeaksBetweenFrames() {
    List<LensSample> pass = pass(21);
    for (double truth : new double[] {2.1, 3.33, 5, 6.9, 8}) {
      double[] values =
          sharpness(pass, p -> 3 + 100 / Math.pow(1 + (p - truth) * (p - truth), 1.5));
      SharpnessPeak peak = PeakFinder.find(pass, values, 0.1, 0.2);
      assertThat(peak).isNotNull();
      assertThat(peak.lens().power()).isCloseTo(truth, within(0.02));
      assertThat(peak.lens().rate()).isEqualTo(5);
      assertThat(peak.x()).isEqualTo(0.1);
    }
  }

  @Test
  void shouldStateItsError() {
    List<LensSample> pass = pass(25);
    Random random = new Random(1);
    double squares = 0;
    int count = 0;
    for (int i = 0; i < 200; i++) {
      double truth = 3 + 4 * random.nextDouble();
      double[] values =
          sharpness(
              pass,
              p -> 10 + 100 * Math.exp(-(p - truth) * (p - truth) / 2) + 3 * random.nextGaussian());
      SharpnessPeak peak = PeakFinder.find(pass, values, 0, 0);
      if (peak != null) {
        double error = (peak.lens().power() - truth) / peak.sigmaPower();
        squares += Math.min(25, error * error);
        count++;
      }
    }
    assertThat(count).isGreaterThan(180);
    assertThat(Math.sqrt(squares / count)).isBetween(0.8, 1.3);
  }

  @Test
  void shouldFindNoPeakWhereThereIsNone() {
    List<LensSample> pass = pass(21);
    Random random = new Random(2);
    assertThat(PeakFinder.find(pass, sharpness(pass, p -> 5), 0, 0)).as("flat").isNull();
    assertThat(PeakFinder.find(pass, sharpness(pass, p -> p), 0, 0)).as("rising").isNull();
    assertThat(PeakFinder.find(pass, sharpness(pass, p -> 100 - p * p), 0, 0))
        .as("falling")
        .isNull();
    assertThat(PeakFinder.find(pass, sharpness(pass, p -> 50 + random.nextGaussian()), 0, 0))
        .as("noise")
        .isNull();
    assertThat(PeakFinder.find(pass(4), new double[] {1, 5, 4, 1}, 0, 0)).as("short").isNull();
    assertThat(PeakFinder.find(pass, sharpness(pass, p -> 1 / (1 + (p - 0.6) * (p - 0.6))), 0, 0))
        .as("cut off")
        .isNull();
  }
}
