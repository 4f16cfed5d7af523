package io.github.rackfocus.sweep;

import java.util.Arrays;

/**
 * Finds the shift that makes the sharpness of two passes over the same scene agree.
 *
 * <p>For each of a range of shifts, samples of either pass are compared with the other,
 * interpolated at the same focus. The squared differences of all cells are added up over passes,
 * with older ones fading; their minimum is the shift, and how much it varies when an eighth of the
 * cells is left out (the jackknife) is its standard error. Where the curve of the differences has
 * no clear minimum, as in front of a blank scene or of one that moves, there is no result. For one
 * thread; allocates nothing per pass.
 */
final class PassShift {
  private static final int HALF = 40;
  private static final int SHIFTS = 2 * HALF + 1;
  private static final int GROUPS = 8;
  private static final int MIN_COMPARED = 6;

  /** Greatest share of the usual difference that remains at a shift that explains it. */
  private static final double MAX_REMAINING = 0.4;

  /** Share of the mean contrast of all cells below which a cell has little weight. */
  private static final double FLOOR = 0.1;

  private final boolean inTime;
  private final double fading;
  private final double[][] costs = new double[GROUPS][SHIFTS];
  private final double[] added = new double[SHIFTS];
  private final double[] variances = new double[SweepPass.CELLS];
  private final double[][] pairCosts = new double[SweepPass.CELLS][SHIFTS];
  private final int[] compared = new int[SHIFTS];
  private final double[] left = new double[GROUPS];
  private double range;
  private int pairs;
  private double value;
  private double sigma;

  /**
   * @param inTime whether the shift is a time, so that it depends on the rate of the lens; else it
   *     is a focus, by which the second pass is shifted alone
   * @param fading weight of what was added before relative to what is added now
   */
  PassShift(boolean inTime, double fading) {
    this.inTime = inTime;
    this.fading = fading;
  }

  void clear() {
    for (double[] each : costs) {
      Arrays.fill(each, 0);
    }
    pairs = 0;
  }

  /** Number of pairs of passes since the start or {@link #clear}. */
  int pairs() {
    return pairs;
  }

  /**
   * Compares two passes.
   *
   * @param largest greatest shift to be found
   */
  void add(SweepPass first, SweepPass second, double largest) {
    if (pairs > 0 && (largest > 1.25 * range || largest < 0.8 * range)) {
      clear(); // The sweep runs at another pace.
    }
    if (pairs == 0) {
      range = largest;
    }
    Arrays.fill(compared, 0);
    for (double[] each : pairCosts) {
      Arrays.fill(each, 0);
    }
    for (int k = 0; k < SHIFTS; k++) {
      double shift = shift(k);
      compare(first, second, shift, k, /* swapped= */ false);
      compare(second, first, shift, k, /* swapped= */ true);
    }
    double mean = 0;
    for (int cell = 0; cell < SweepPass.CELLS; cell++) {
      variances[cell] = variance(first, cell);
      mean += variances[cell] / SweepPass.CELLS;
    }
    if (!(mean > 0)) {
      return;
    }
    for (double[] group : costs) {
      for (int k = 0; k < SHIFTS; k++) {
        group[k] *= fading;
      }
    }
    for (int cell = 0; cell < SweepPass.CELLS; cell++) {
      double[] group = costs[cell % GROUPS];
      for (int k = 0; k < SHIFTS; k++) {
        group[k] +=
            compared[k] < MIN_COMPARED
                ? Double.POSITIVE_INFINITY
                : pairCosts[cell][k] / compared[k] / (variances[cell] + FLOOR * mean);
      }
    }
    pairs++;
  }

  private double shift(int k) {
    return range * (k - HALF) / HALF;
  }

  /** Compares the samples of one pass with the other, interpolated. */
  private void compare(SweepPass samples, SweepPass curve, double shift, int k, boolean swapped) {
    for (int i = 0; i < samples.count(); i++) {
      if (!isWithin(samples, i, shift)) {
        continue;
      }
      double at = position(samples, i, shift, swapped);
      int from = bracket(curve, at, shift, !swapped);
      if (from < 0) {
        continue;
      }
      double low = position(curve, from, shift, !swapped);
      double share = (at - low) / (position(curve, from + 1, shift, !swapped) - low);
      int before = Math.max(0, from - 1);
      int after = Math.min(curve.count() - 1, from + 2);
      // Catmull-Rom: passes through the samples, and has no corners between them.
      double s2 = share * share;
      double s3 = s2 * share;
      double a = 0.5 * (-s3 + 2 * s2 - share);
      double b = 0.5 * (3 * s3 - 5 * s2 + 2);
      double c = 0.5 * (-3 * s3 + 4 * s2 + share);
      double d = 0.5 * (s3 - s2);
      for (int cell = 0; cell < SweepPass.CELLS; cell++) {
        double value =
            a * curve.sharpness(before, cell)
                + b * curve.sharpness(from, cell)
                + c * curve.sharpness(from + 1, cell)
                + d * curve.sharpness(after, cell);
        double difference = samples.sharpness(i, cell) - value;
        pairCosts[cell][k] += difference * difference;
      }
      compared[k]++;
    }
  }

  /** Whether the lens did not turn between a sample and its shifted time. */
  private boolean isWithin(SweepPass pass, int sample, double shift) {
    double at = pass.seconds(sample) + shift;
    return !inTime || (at >= 0 && at <= pass.seconds(pass.count() - 1));
  }

  private double position(SweepPass pass, int sample, double shift, boolean isSecond) {
    double rate = inTime ? pass.rate(sample) : isSecond ? 1 : 0;
    return pass.focus(sample) + rate * shift;
  }

  /** Returns the sample before a position on a pass, or -1 if it is not between two. */
  private int bracket(SweepPass curve, double at, double shift, boolean isSecond) {
    for (int i = 0; i + 1 < curve.count(); i++) {
      if (isWithin(curve, i, shift) && isWithin(curve, i + 1, shift)) {
        double low = position(curve, i, shift, isSecond);
        double high = position(curve, i + 1, shift, isSecond);
        if (low != high && (at - low) * (at - high) <= 0) {
          return i;
        }
      }
    }
    return -1;
  }

  private static double variance(SweepPass pass, int cell) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < pass.count(); i++) {
      sum += pass.sharpness(i, cell);
      squares += pass.sharpness(i, cell) * pass.sharpness(i, cell);
    }
    return Math.max(0, squares / pass.count() - sum * sum / pass.count() / pass.count());
  }

  /** Estimates the shift; false if the passes do not show it. */
  boolean estimate() {
    value = minimum(-1);
    if (pairs == 0 || Double.isNaN(value)) {
      return false;
    }
    double mean = 0;
    for (int group = 0; group < GROUPS; group++) {
      left[group] = minimum(group);
      mean += left[group] / GROUPS;
    }
    double squares = 0;
    for (double each : left) {
      squares += (each - mean) * (each - mean);
    }
    sigma = Math.sqrt(squares * (GROUPS - 1) / GROUPS);
    return !Double.isNaN(sigma);
  }

  /** The shift that was estimated, seconds or dioptres. */
  double value() {
    return value;
  }

  /** Its standard error as far as the cells of the image differ, in the same unit. */
  double sigma() {
    return sigma;
  }

  /** Returns the shift of the least difference of all groups but one; NaN if there is none. */
  private double minimum(int without) {
    Arrays.fill(added, 0);
    for (int group = 0; group < GROUPS; group++) {
      for (int k = 0; group != without && k < SHIFTS; k++) {
        added[k] += costs[group][k];
      }
    }
    int best = -1;
    double sum = 0;
    int finite = 0;
    for (int k = 0; k < SHIFTS; k++) {
      if (Double.isFinite(added[k])) {
        sum += added[k];
        finite++;
        best = best < 0 || added[k] < added[best] ? k : best;
      }
    }
    if (best <= 0
        || best == SHIFTS - 1
        || finite < HALF
        || added[best] > MAX_REMAINING * sum / finite) {
      return Double.NaN;
    }
    double before = added[best - 1];
    double after = added[best + 1];
    double bend = before - 2 * added[best] + after;
    if (!Double.isFinite(bend)) {
      return Double.NaN;
    }
    double step = bend > 0 ? 0.5 * (before - after) / bend : 0;
    return shift(best) + range / HALF * step;
  }
}
