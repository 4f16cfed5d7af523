package io.github.rackfocus.eval;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * The field's metrics of a depth map against its ground truth, by the formulas of docs/metrics.md.
 *
 * <p>A pixel's truth is unknown where it is 0 or not finite, or below 0 in metres. A pixel is
 * judged where its truth is known and its prediction is not {@code NaN}. A prediction of infinity
 * (the plane at focus 0) is judged in planes only, and counted. One use: {@link #of}, then read.
 */
public final class DepthMetrics {
  private static final double FACTOR = 1.25;

  private final FocusAxis axis;
  private final int known;
  private final int judged;
  private final int atInfinity;
  private final double[] predictions;
  private final double[] truths;
  private final int count;
  private final double planeErrors;
  private final Scores scores = new Scores();

  /**
   * Judges a map.
   *
   * @param prediction metres, or the file's index values; {@code NaN} where not to be judged
   * @param truth in the same unit, as many
   * @param axis the stack's planes
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
    known = withTruth;
    atInfinity = infinite;
    judged = pairs + infinite;
    count = pairs;
    planeErrors = inPlanes;
    score();
  }

  /** Whether a truth is one. */
  static boolean isKnown(float truth, FocusScale scale) {
    return Float.isFinite(truth) && (scale.isMetric() ? truth > 0 : truth != 0);
  }

  /** Distance of two depths in planes of the axis. */
  static double planesBetween(double prediction, double truth, FocusAxis axis) {
    FocusScale scale = axis.scale();
    return Math.abs(
        axis.planesAt(scale.focusAt(prediction, 0)) - axis.planesAt(scale.focusAt(truth, 0)));
  }

  private void score() {
    scores.with(Metric.COVERAGE, (double) judged / known);
    scores.with(Metric.MAE_PLANES, planeErrors / judged);
    scoreDifferences();
    scoreRatios();
    scores.with(Metric.CORR, Moments.of(predictions, truths, count).correlation());
    if (!axis.scale().isMetric() && count > 0) {
      AffineFit fit = AffineFit.of(predictions, truths, count);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += Math.abs(fit.at(predictions[i]) - truths[i]);
      }
      scores.with(Metric.MAE_AFFINE, sum / count);
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

  /** Metrics of ratios and logarithms, over the pixels where both depths are above 0. */
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

  /** Pixels with a known truth. */
  public int known() {
    return known;
  }

  /** Pixels that were judged. */
  public int judged() {
    return judged;
  }

  /** Judged pixels whose prediction is infinite. */
  public int atInfinity() {
    return atInfinity;
  }

  /** The figures. */
  public Scores scores() {
    return new Scores(scores);
  }
}
