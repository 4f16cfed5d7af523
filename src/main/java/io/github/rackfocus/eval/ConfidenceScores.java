package io.github.rackfocus.eval;

import java.util.Arrays;

/**
 * Rates the confidence and the expected error of a map: the error of its most confident pixels, and
 * the share of errors within the bounds that the expected error implies.
 *
 * <p>The expected error b is the mean absolute error. Errors are assumed to be Laplacian, for which
 * P(|e| ≤ x) = 1 − exp(−x / b), as for the uncertainty published in metres. Not thread-safe.
 */
final class ConfidenceScores {
  private static final double BOUND_68 = -Math.log(1 - 0.68);
  private static final double BOUND_95 = -Math.log(1 - 0.95);

  private final double[] errors;
  private final double[] expected;
  private final long[] byConfidence;
  private int count;

  /** Creates scores of at most {@code pixels} pixels. */
  ConfidenceScores(int pixels) {
    errors = new double[pixels];
    expected = new double[pixels];
    byConfidence = new long[pixels];
  }

  /**
   * Adds a pixel.
   *
   * @param errorInPlanes actual absolute error
   * @param expectedInPlanes expected absolute error
   * @param confidence in [0, 1]
   */
  void add(double errorInPlanes, double expectedInPlanes, float confidence) {
    errors[count] = errorInPlanes;
    expected[count] = expectedInPlanes;
    // The bits of a non-negative float sort like the float.
    long rank = Integer.MAX_VALUE - Float.floatToIntBits(Math.max(confidence, 0f));
    byConfidence[count] = rank << 32 | count;
    count++;
  }

  Scores scores() {
    Scores scores = new Scores();
    if (count == 0) {
      return scores;
    }
    Arrays.sort(byConfidence, 0, count);
    scores.with(Metric.BEST_50, meanOfBest(0.50));
    scores.with(Metric.BEST_80, meanOfBest(0.80));
    scores.with(Metric.BEST_95, meanOfBest(0.95));
    scores.with(Metric.WITHIN_68, shareWithin(BOUND_68));
    scores.with(Metric.WITHIN_95, shareWithin(BOUND_95));
    double actual = Arrays.stream(errors, 0, count).sum();
    scores.with(
        Metric.STATED, actual > 0 ? Arrays.stream(expected, 0, count).sum() / actual : Double.NaN);
    return scores;
  }

  private double meanOfBest(double share) {
    int best = Math.max(1, (int) Math.round(share * count));
    double sum = 0;
    for (int i = 0; i < best; i++) {
      sum += errors[(int) byConfidence[i]];
    }
    return sum / best;
  }

  private double shareWithin(double bound) {
    int within = 0;
    for (int i = 0; i < count; i++) {
      within += errors[i] <= bound * expected[i] ? 1 : 0;
    }
    return (double) within / count;
  }
}
