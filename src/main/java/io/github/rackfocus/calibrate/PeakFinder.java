package io.github.rackfocus.calibrate;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lens power at which a patch is sharpest in one pass of the lens. A bell, Gauss's or
 * Lorentz's, whichever fits better, is fitted to all samples of the pass: blur grows equally on
 * both sides of the focus, in dioptres, so either has its middle at the focus.
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
  private static final double REACH = 4;

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
  static @Nullable SharpnessPeak find(
      List<LensSample> pass, double[] sharpness, double x, double y) {
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
    Fit whole = fit(powers, sharpness, best, least);
    int[] window = window(powers, whole.middle(), whole.width());
    if (window[1] - window[0] < FEWEST || best <= window[0] || best >= window[1] - 1) {
      return null;
    }
    double[] near = Arrays.copyOfRange(powers, window[0], window[1]);
    double[] values = Arrays.copyOfRange(sharpness, window[0], window[1]);
    Fit fit = fit(near, values, best - window[0], Arrays.stream(values).min().orElse(0));
    double step = Math.abs(powers[n - 1] - powers[0]) / (n - 1);
    boolean inside = Math.abs(fit.middle() - powers[best]) < 1.5 * step;
    boolean clear =
        fit.height() > LEAST_SIGNAL * fit.noise()
            && fit.height() > LEAST_CONTRAST * Math.abs(fit.base())
            && fit.sigma() < step;
    if (!inside || !clear) {
      return null;
    }
    // Few samples can agree by chance; a peak is not known better than a hundredth of a step.
    return new SharpnessPeak(
        pass.get(best).withPower(fit.middle()), Math.max(fit.sigma(), step / 100), x, y);
  }

  /** A bell, the standard error of its middle, and the noise of the samples. */
  private record Fit(
      double base, double height, double middle, double width, double sigma, double noise) {}

  /** A solution and the sum of its squared residuals. */
  private record Candidate(LeastSquares.Solution solution, double squares) {}

  private static Candidate candidate(Bell bell, double[] start, double[] steps, int samples) {
    LeastSquares.Solution solution =
        new LeastSquares(List.of(bell), new int[] {0, 1, 2, 3}, steps).solve(start);
    double[] residuals = new double[samples];
    bell.residuals(solution.shared(), bell.local(), residuals);
    double squares = Arrays.stream(residuals).map(each -> each * each).sum();
    return new Candidate(solution, squares);
  }

  private static Fit fit(double[] powers, double[] values, int best, double least) {
    int n = values.length;
    double span = Math.abs(powers[n - 1] - powers[0]);
    double height = values[best] - least;
    double scale = Math.max(height / 50, 1e-12);
    double[] start = {least, height, powers[best], width(powers, values, best, least)};
    double[] steps = {scale * 1e-3, scale * 1e-3, span * 1e-6, span * 1e-6};
    Candidate bell = candidate(new Bell(powers, values, scale, false), start, steps, n);
    Candidate lorentz = candidate(new Bell(powers, values, scale, true), start, steps, n);
    Candidate better = lorentz.squares < bell.squares ? lorentz : bell;
    LeastSquares.Solution chosen = better.solution;
    double squares = better.squares;
    double[] found = chosen.shared();
    double rms = Math.sqrt(squares / (n - 4.0));
    return new Fit(
        found[BASE],
        found[HEIGHT],
        found[MIDDLE],
        Math.abs(found[WIDTH]),
        chosen.sigma()[MIDDLE] * rms,
        rms * scale);
  }

  /**
   * Returns the samples, from inclusive to exclusive, as far from the middle on one side as on the
   * other: a bell of another shape than the true one would lean to the longer side.
   */
  private static int[] window(double[] powers, double middle, double width) {
    int n = powers.length;
    double reach =
        Math.min(
            REACH * width,
            Math.min(Math.abs(middle - powers[0]), Math.abs(powers[n - 1] - middle)) * 1.0001);
    int from = n;
    int to = 0;
    for (int i = 0; i < n; i++) {
      if (Math.abs(powers[i] - middle) <= reach) {
        from = Math.min(from, i);
        to = i + 1;
      }
    }
    return reach < width ? new int[] {0, 0} : new int[] {from, to};
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
