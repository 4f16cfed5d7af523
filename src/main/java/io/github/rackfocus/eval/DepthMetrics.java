package io.github.rackfocus.eval;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * Metrics of a depth map against its ground truth; docs/metrics.md has the formulas.
 *
 * <p>The truth of a pixel is unknown if it is 0, not finite, or negative in metres. A pixel is
 * evaluated if its truth is known and its prediction is not {@code NaN}. A prediction of infinity
 * (the plane at focus 0) is evaluated in planes only, and counted. Immutable.
 */
public final class DepthMetrics {
  private static final double FACTOR = 1.25;

  private final FocusAxis axis;
  private final StackResult.PixelCounts pixels;
  private final double[] predictions;
  private final double[] truths;
  private final int count;
  private final double planeErrors;
  private final Scores scores = new Scores();

  /**
   * Evaluates a map.
   *
   * @param prediction depth per pixel in metres or index values; {@code NaN} to leave a pixel out
   * @param truth true depth per pixel in the same unit
   * @param axis focus axis of the stack
   */
  public static DepthMetrics of(float[] prediction, float[] truth, FocusAxis axis) {
    if (prediction.length != truth.length) {
      throw new IllegalArgumentException(
          prediction.length + " predictions for " + truth.length + " truths");
    }
    return new DepthMetrics(prediction, truth, axis);
  }

  private DepthMetrics(float[] prediction, float[] truth, FocusAxis axis) {
    this.axis = axis;
    predictions = new double[prediction.length];
    truths = new double[prediction.length];
    int withTruth = 0;
    int infinite = 0;
    int pairs = 0;
    double inPlanes = 0;
    for (int i = 0; i < prediction.length; i++) {
      if (!isKnown(truth[i], axis.scale())) {
        continue;
      }
      withTruth++;
      if (Float.isNaN(prediction[i])) {
        continue;
      }
      inPlanes += planesBetween(prediction[i], truth[i], axis);
      if (Float.isInfinite(prediction[i])) {
        infinite++;
        continue;
      }
      predictions[pairs] = prediction[i];
      truths[pairs] = truth[i];
      pairs++;
    }
    pixels = new StackResult.PixelCounts(withTruth, pairs + infinite, infinite);
    count = pairs;
    planeErrors = inPlanes;
    score();
  }

  /** Returns whether the true depth of a pixel is known. */
  static boolean isKnown(float truth, FocusScale scale) {
    return Float.isFinite(truth) && (scale.isMetric() ? truth > 0 : truth != 0);
  }

  /** Returns the distance of two depths in planes of the axis. */
  static double planesBetween(double prediction, double truth, FocusAxis axis) {
    FocusScale scale = axis.scale();
    return Math.abs(
        axis.planesAt(scale.focusAt(prediction, 0)) - axis.planesAt(scale.focusAt(truth, 0)));
  }

  private void score() {
    scores.with(Metric.COVERAGE, (double) pixels.evaluated() / pixels.known());
    scores.with(Metric.MAE_PLANES, planeErrors / pixels.evaluated());
    scoreDifferences();
    scoreRatios();
    scores.with(Metric.CORR, Moments.of(predictions, truths, count).correlation());
    if (!axis.scale().isMetric() && count > 0) {
      AffineFit fit = AffineFit.of(predictions, truths, count);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += Math.abs(fit.predict(predictions[i]) - truths[i]);
      }
      scores.with(Metric.MAE_AFFINE, sum / count);
      scores.with(Metric.MAE_MONOTONE, MonotoneFit.meanError(predictions, truths, count));
    }
  }

  private void scoreDifferences() {
    double absolute = 0;
    double squared = 0;
    for (int i = 0; i < count; i++) {
      double error = predictions[i] - truths[i];
      absolute += Math.abs(error);
      squared += error * error;
    }
    scores.with(Metric.MAE, absolute / count);
    scores.with(Metric.MSE, squared / count);
    scores.with(Metric.RMS, Math.sqrt(squared / count));
  }

  /** Computes metrics of ratios and logarithms over the pixels where both depths are positive. */
  private void scoreRatios() {
    double logs = 0;
    double relative = 0;
    double squaredRelative = 0;
    int[] within = new int[3];
    int positive = 0;
    for (int i = 0; i < count; i++) {
      double prediction = predictions[i];
      double truth = truths[i];
      if (prediction <= 0 || truth <= 0) {
        continue;
      }
      positive++;
      double error = prediction - truth;
      double log = Math.log(prediction / truth);
      logs += log * log;
      relative += Math.abs(error) / truth;
      squaredRelative += error * error / truth;
      double ratio = Math.max(prediction / truth, truth / prediction);
      double bound = 1;
      for (int n = 0; n < within.length; n++) {
        bound *= FACTOR;
        within[n] += ratio < bound ? 1 : 0;
      }
    }
    scores.with(Metric.LOG_RMS, Math.sqrt(logs / positive));
    scores.with(Metric.ABS_REL, relative / positive);
    scores.with(Metric.SQ_REL, squaredRelative / positive);
    scores.with(Metric.ACC_1, (double) within[0] / positive);
    scores.with(Metric.ACC_2, (double) within[1] / positive);
    scores.with(Metric.ACC_3, (double) within[2] / positive);
  }

  /** Returns the numbers of pixels. */
  public StackResult.PixelCounts pixels() {
    return pixels;
  }

  /** Returns the scores. */
  public Scores scores() {
    return new Scores(scores);
  }
}
