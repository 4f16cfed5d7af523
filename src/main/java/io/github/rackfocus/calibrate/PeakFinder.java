package io.github.rackfocus.calibrate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lens power at which a patch is sharpest in one pass of the lens. A bell, Gauss's or
 * Lorentz's, whichever fits better, is fitted to all samples of the pass: blur grows equally on both
 * sides of the focus, in dioptres, so either has its middle at the focus.
 */
final class PeakFinder {
  /** Fewest frames of a pass. */
  static final int FEWEST = 6;

  private static final int BASE = 0;
  private static final int HEIGHT = 1;
  private static final int MIDDLE = 2;
  private static final int WIDTH = 3;
  private static final double LEAST_SIGNAL = 5;
  private static final double LEAST_CONTRAST = 0.2;

  private PeakFinder() {}

  /** One shape of the bell over all samples. */
  private record Bell(double[] powers, double[] values, double scale, boolean lorentz)
      implements LeastSquares.Block {
    @Override
    public int size() {
      return powers.length;
    }

    @Override
    public double[] local() {
      return new double[0];
    }

    @Override
    public double[] localSteps() {
      return new double[0];
    }

    @Override
    public void residuals(double[] shared, double[] local, double[] out) {
      for (int i = 0; i < powers.length; i++) {
        double u = (powers[i] - shared[MIDDLE]) / shared[WIDTH];
        double bell = lorentz ? 1 / (1 + u * u) : Math.exp(-u * u / 2);
        out[i] = (shared[BASE] + shared[HEIGHT] * bell - values[i]) / scale;
      }
    }
  }

  /**
   * Finds the peak.
   *
   * @param pass the lens at each frame; its power only rises or only falls
   * @param sharpness of the patch in each frame
   * @param x of the patch on its board, metres
   * @param y of the patch on its board, metres
   * @return null if there is no peak within the pass, or no texture
   */
  static @Nullable SharpnessPeak find(List<LensSample> pass, double[] sharpness, double x, double y) {
    int n = sharpness.length;
    if (n < FEWEST) {
      return null;
    }
    double[] powers = pass.stream().mapToDouble(LensSample::power).toArray();
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      best = sharpness[i] > sharpness[best] ? i : best;
      least = Math.min(least, sharpness[i]);
    }
    // A peak at the end of the pass may lie beyond it.
    if (best == 0 || best == n - 1 || !(sharpness[best] > 0)) {
      return null;
    }
    double span = Math.abs(powers[n - 1] - powers[0]);
    double height = sharpness[best] - least;
    double[] start = {least, height, powers[best], width(powers, sharpness, best, least)};
    LeastSquares.Solution chosen = null;
    double squares = Double.POSITIVE_INFINITY;
    for (boolean lorentz : new boolean[] {false, true}) {
      Bell bell = new Bell(powers, sharpness, Math.max(height / 50, 1e-12), lorentz);
      double[] steps = {height * 1e-5, height * 1e-5, span * 1e-6, span * 1e-6};
      LeastSquares.Solution fit =
          new LeastSquares(List.of(bell), new int[] {0, 1, 2, 3}, steps).solve(start);
      double[] r = new double[n];
      bell.residuals(fit.shared(), bell.local(), r);
      double sum = 0;
      for (double each : r) {
        sum += each * each;
      }
      if (sum < squares) {
        squares = sum;
        chosen = fit;
      }
    }
    if (chosen == null) {
      return null;
    }
    double rms = Math.sqrt(squares / (n - 4.0));
    double noise = rms * height / 50;
    double[] found = chosen.shared();
    double step = span / (n - 1);
    double sigma = chosen.sigma()[MIDDLE] * rms;
    boolean inside =
        Math.abs(found[MIDDLE] - powers[0]) > step / 2
            && Math.abs(found[MIDDLE] - powers[n - 1]) > step / 2
            && Math.abs(found[MIDDLE] - powers[best]) < 1.5 * step;
    boolean clear =
        found[HEIGHT] > LEAST_SIGNAL * noise
            && found[HEIGHT] > LEAST_CONTRAST * Math.abs(found[BASE])
            && Double.isFinite(sigma)
            && sigma < step;
    if (!inside || !clear) {
      return null;
    }
    // Few samples can agree by chance; a peak is not known better than a hundredth of a step.
    return new SharpnessPeak(
        pass.get(best).withPower(found[MIDDLE]), Math.max(sigma, step / 100), x, y);
  }

  /** Half the width at half the height, times what makes it a standard deviation. */
  private static double width(double[] powers, double[] sharpness, int best, double least) {
    double half = (sharpness[best] + least) / 2;
    int from = best;
    int to = best;
    while (from > 0 && sharpness[from] > half) {
      from--;
    }
    while (to < powers.length - 1 && sharpness[to] > half) {
      to++;
    }
    return Math.abs(powers[to] - powers[from]) / 2.35;
  }
}
