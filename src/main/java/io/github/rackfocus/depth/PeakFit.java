package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/**
 * Where between the planes a focus measure peaks, and how well that is known.
 *
 * <p>Near its peak the measure m(u) over position u is taken for a Gaussian (Nayar and Nakagawa,
 * PAMI 1994, section 5): the parabola through ln m at the sharpest plane and its two neighbours, at
 * their actual positions, has its top at the answer. At an end of the sweep it goes through the
 * three planes there. The top is kept between the outer two of the three.
 *
 * <ul>
 *   <li>Spread: the Gaussian's σ = (−2a)^(−1/2), where a is the parabola's leading coefficient.
 *   <li>Error: κ σ² / h, at most 1/3, with h half the distance of the outer two planes: how far the
 *       top moves when ln m is off by a constant share. κ = {@value #KAPPA} makes the mean error
 *       stated equal to the mean error made, on rendered slopes whose texture fades from full to
 *       none (the calibration test of {@link PeakDepthEstimator} renders them and holds κ to it).
 *       1/3 is the expected error of a guess.
 *   <li>Confidence: 1 − (mean of m over the planes) / (m at its peak): 0 for a curve without a
 *       peak, towards 1 for one that is sharp on a single plane.
 * </ul>
 */
final class PeakFit {
  /** Share by which ln m is off; see the class. */
  static final double KAPPA = 0.3;

  /** Expected distance of two independent uniform positions. */
  static final double GUESS = 1.0 / 3;

  /** Keeps logarithms finite where an image is exactly flat; far below the noise of any camera. */
  private static final double FLOOR = 0.01;

  private final double[] at;

  /** For the positions of a stack's planes, three or more. */
  PeakFit(FocalStack stack) {
    at = new double[stack.planes()];
    for (int z = 0; z < at.length; z++) {
      at[z] = stack.position(z);
    }
  }

  /**
   * Fits a row of pixels.
   *
   * @param sharpness Z rows of the focus measure
   * @param position gets the tops, in [0, 1]
   * @param error gets the expected absolute errors of the tops
   * @param confidence gets the confidences, in [0, 1]
   */
  void fit(float[][] sharpness, float[] position, float[] error, float[] confidence) {
    for (int x = 0; x < position.length; x++) {
      int best = 0;
      float most = sharpness[0][x];
      double sum = most;
      for (int z = 1; z < at.length; z++) {
        float value = sharpness[z][x];
        sum += value;
        if (value > most) {
          most = value;
          best = z;
        }
      }
      confidence[x] = (float) Math.max(0, 1 - (sum / at.length + FLOOR) / (most + FLOOR));
      fitTop(sharpness, best, x, position, error);
    }
  }

  private void fitTop(float[][] sharpness, int best, int x, float[] position, float[] error) {
    int mid = Math.min(Math.max(best, 1), at.length - 2);
    double level = Math.log(sharpness[mid][x] + FLOOR);
    double fall = Math.log(sharpness[mid - 1][x] + FLOOR) - level;
    double rise = Math.log(sharpness[mid + 1][x] + FLOOR) - level;
    double p = at[mid - 1] - at[mid];
    double q = at[mid + 1] - at[mid];
    double scale = p * q * (p - q);
    double a = (fall * q - rise * p) / scale;
    if (!(a < 0)) {
      position[x] = (float) at[best];
      error[x] = (float) GUESS;
      return;
    }
    double b = (rise * p * p - fall * q * q) / scale;
    double top = at[mid] + Math.min(Math.max(-b / (2 * a), p), q);
    position[x] = (float) Math.min(Math.max(top, 0), 1);
    double variance = -1 / (2 * a);
    error[x] = (float) Math.min(KAPPA * variance / ((q - p) / 2), GUESS);
  }
}
