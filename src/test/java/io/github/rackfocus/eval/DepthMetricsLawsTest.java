package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocusAxis;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class DepthMetricsLawsTest {
  private static final FocusAxis INDICES =
      new FocusAxis(FocusScale.INDEX_FAR_FIRST, 1, 2, 3.5, 5, 9);
  private static final FocusAxis DIOPTRES = new FocusAxis(FocusScale.DIOPTRE, 0.1, 0.4, 1, 2.5);

  /** Generates depths of a fixed number of pixels, so that two maps can be compared. */
  @Provide
  Arbitrary<float[]> depths() {
    return Arbitraries.floats().between(0.25f, 12f).array(float[].class).ofSize(40);
  }

  @Property(tries = 200, seed = "20261120")
  void shouldKeepTheOrderOfTheErrors(
      @ForAll("depths") float[] prediction, @ForAll("depths") float[] truth) {
    Scores scores = DepthMetrics.of(prediction, truth, DIOPTRES).scores();
    assertThat(scores.get(Metric.MAE)).isLessThanOrEqualTo(scores.get(Metric.RMS) + 1e-9);
    assertThat(scores.get(Metric.ACC_1)).isLessThanOrEqualTo(scores.get(Metric.ACC_2));
    assertThat(scores.get(Metric.ACC_2)).isLessThanOrEqualTo(scores.get(Metric.ACC_3));
    assertThat(scores.get(Metric.RMS)).isCloseTo(Math.sqrt(scores.get(Metric.MSE)), within(1e-12));
    if (scores.has(Metric.CORR)) {
      assertThat(scores.get(Metric.CORR)).isBetween(-1.0, 1.0);
    }
  }

  @Property(tries = 100, seed = "20261120")
  void shouldFindNoErrorInATruePrediction(@ForAll("depths") float[] truth) {
    for (FocusAxis axis : new FocusAxis[] {DIOPTRES, INDICES}) {
      Scores scores = DepthMetrics.of(truth, truth, axis).scores();
      for (Metric metric :
          new Metric[] {
            Metric.MAE,
            Metric.MSE,
            Metric.RMS,
            Metric.LOG_RMS,
            Metric.ABS_REL,
            Metric.SQ_REL,
            Metric.MAE_PLANES
          }) {
        assertThat(scores.get(metric)).as(metric.key()).isZero();
      }
      assertThat(scores.get(Metric.ACC_1)).isEqualTo(1);
    }
  }

  @Property(tries = 200, seed = "20261120")
  void shouldIgnoreScaleAndOffsetAfterTheAffineFit(
      @ForAll("depths") float[] prediction,
      @ForAll("depths") float[] truth,
      @ForAll @DoubleRange(min = 0.1, max = 4) double scale,
      @ForAll @DoubleRange(min = -3, max = 3) double offset) {
    float[] changed = new float[prediction.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = (float) (scale * prediction[i] + offset);
    }
    Scores plain = DepthMetrics.of(prediction, truth, INDICES).scores();
    Scores other = DepthMetrics.of(changed, truth, INDICES).scores();
    assertThat(other.get(Metric.MAE_AFFINE)).isCloseTo(plain.get(Metric.MAE_AFFINE), within(1e-3));
    if (plain.has(Metric.CORR) && other.has(Metric.CORR)) {
      assertThat(other.get(Metric.CORR)).isCloseTo(plain.get(Metric.CORR), within(1e-3));
    }
  }

  @Property(tries = 200, seed = "20261120")
  void shouldBeTheLeastSquaresFit(
      @ForAll("depths") float[] prediction,
      @ForAll("depths") float[] truth,
      @ForAll @DoubleRange(min = -0.5, max = 0.5) double slope,
      @ForAll @DoubleRange(min = -0.5, max = 0.5) double offset) {
    double[] x = toDoubles(prediction);
    double[] y = toDoubles(truth);
    AffineFit best = AffineFit.of(x, y, x.length);
    AffineFit other = new AffineFit(best.slope() + slope, best.offset() + offset);
    assertThat(squares(best, x, y)).isLessThanOrEqualTo(squares(other, x, y) + 1e-9);
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static double squares(AffineFit fit, double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double error = fit.predict(x[i]) - y[i];
      sum += error * error;
    }
    return sum;
  }
}
