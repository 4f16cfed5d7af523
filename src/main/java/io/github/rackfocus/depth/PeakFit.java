package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/**
 * Locates the peak of a focus measure between the planes, and estimates its error.
 *
 * <p>Near its peak the measure m(u) over position u is taken for a Gaussian (Nayar and Nakagawa,
 * PAMI 1994, section 5): the parabola through ln m at the sharpest plane and its two neighbours, at
 * their actual positions, has its top at the answer. At an end of the sweep it goes through the
 * three planes there. The top is kept between the outer two of the three. Three planes on a curve
 * without a top are the foot of no peak: the middle one is taken, with confidence 0.
 *
 * <ul>
 *   <li>Spread: the Gaussian's σ = (−2a)^(−1/2), where a is the parabola's leading coefficient.
 *   <li>Peakedness c: 1 − (mean of m over the planes) / (m at its peak): 0 for a curve without a
 *       peak, towards 1 for one that is sharp on a single plane.
 *   <li>Error: κ √(σ h) / c, at most 1/3, with h half the distance of the outer two planes: more
 *       where the peak is wide, and much more where it hardly stands out. The form is empirical;
 *       how it was chosen is in docs/metrics.md. 1/3 is the expected error of a guess.
 *   <li>Confidence: 1 − exp(−s / error), with s the mean distance of the planes: the probability of
 *       an error of at most one plane if errors have a Laplace distribution.
 * </ul>
 */
final class PeakFit {
  /** Expected distance of two independent uniform positions. */
  static final double GUESS = 1.0 / 3;

  /** Keeps logarithms finite where an image is exactly flat; far below the noise of any camera. */
  private static final double FLOOR = 0.01;

  private final double kappa;
  private final double spacing;
  private final double[] at;

  /**
   * Prepares the fit for the positions of a stack's planes, three or more.
   *
   * @param kappa the measure's constant in the error; see the class
   */
  PeakFit(double kappa, FocalStack stack) {
    this.kappa = kappa;
    spacing = 1.0 / (stack.planes() - 1);
    at = new double[stack.planes()];
    for (int z = 0; z < at.length; z++) {
      at[z] = stack.position(z);
    }
  }

  /**
   * Fits a row of pixels.
   *
   * @param sharpness Z rows of the focus measure
   * @param position receives the peaks, in [0, 1]
   * @param error receives the expected absolute errors of the peaks
   * @param confidence receives the confidences, in [0, 1]
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
      double flatness = (sum / at.length + FLOOR) / (most + FLOOR);
      double peakedness = Math.max(0, 1 - flatness);
      double width = fitTop(sharpness, best, x, position);
      boolean topless = Double.isNaN(width);
      double expected = topless ? GUESS : Math.min(kappa * width / peakedness, GUESS);
      error[x] = (float) expected;
      confidence[x] = topless ? 0 : (float) (1 - Math.exp(-spacing / expected));
    }
  }

  /** Puts the top into {@code position}; returns √(σ h), or NaN where there is no top. */
  private double fitTop(float[][] sharpness, int best, int x, float[] position) {
    int mid = Math.min(Math.max(best, 1), at.length - 2);
    double level = Math.log(sharpness[mid][x] + FLOOR);
    double fall = Math.log(sharpness[mid - 1][x] + FLOOR) - level;
    double rise = Math.log(sharpness[mid + 1][x] + FLOOR) - level;
    double p = at[mid - 1] - at[mid];
    double q = at[mid + 1] - at[mid];
    double scale = p * q * (p - q);
    double a = (fall * q - rise * p) / scale;
    if (!(a < 0)) {
      position[x] = (float) at[mid];
      return Double.NaN;
    }
    double b = (rise * p * p - fall * q * q) / scale;
    double top = at[mid] + Math.min(Math.max(-b / (2 * a), p), q);
    position[x] = (float) Math.min(Math.max(top, 0), 1);
    double spread = Math.sqrt(-1 / (2 * a));
    return Math.sqrt(spread * (q - p) / 2);
  }
}
