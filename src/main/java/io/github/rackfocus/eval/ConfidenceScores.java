package io.github.rackfocus.eval;

import java.util.Arrays;

/**
 * How well a map knows where it is wrong: the error of its most confident pixels, and how often the
 * true error is within what the stated error implies.
 *
 * <p>The stated error b is an expected absolute error; errors are taken for Laplacian, for which
 * P(|e| ≤ x) = 1 − exp(−x / b). So is the uncertainty that is published in metres.
 */
final class ConfidenceScores {
  private static final double BOUND_68 = -Math.log(1 - 0.68);
  private static final double BOUND_95 = -Math.log(1 - 0.95);

  private final double[] errors;
  private final double[] stated;
  private final long[] byConfidence;
  private int count;

  /** For at most this many pixels. */
  ConfidenceScores(int pixels) {
    errors = new double[pixels];
    stated = new double[pixels];
    byConfidence = new long[pixels];
  }

  /**
   * Adds a pixel.
   *
   * @param errorInPlanes absolute error made
   * @param statedInPlanes absolute error expected
   * @param confidence in [0, 1]
   */
  void add(double errorInPlanes, double statedInPlanes, float confidence) {
    errors[count] = errorInPlanes;
    stated[count] = statedInPlanes;
    // Bits of a float that is not negative sort like the float.
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
    double made = Arrays.stream(errors, 0, count).sum();
    scores.with(
        Metric.STATED, made > 0 ? Arrays.stream(stated, 0, count).sum() / made : Double.NaN);
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
      within += errors[i] <= bound * stated[i] ? 1 : 0;
    }
    return (double) within / count;
  }
}
