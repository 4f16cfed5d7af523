package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Turns the unknowns of a fit into the numbers of a camera file. */
final class Results {
  /** Student's t for 97.5 %, by degrees of freedom 1 to 10, 12, 15, 20, 30. */
  private static final double[][] STUDENT = {
    {1, 12.71},
    {2, 4.303},
    {3, 3.182},
    {4, 2.776},
    {5, 2.571},
    {6, 2.447},
    {7, 2.365},
    {8, 2.306},
    {9, 2.262},
    {10, 2.228},
    {12, 2.179},
    {15, 2.131},
    {20, 2.086},
    {30, 2.042}
  };

  /**
   * The fit is linearised and its noise only estimated: bounds are a fifth wider than Student's.
   */
  private static final double MARGIN = 1.2;

  private static final double MOST_CORNER_PIXELS = 0.5;

  private Results() {}

  static CalibrationResult of(
      Observations data,
      FreeParameters parameters,
      LeastSquares.Solution solution,
      List<CalibrationResult.Peak> peaks,
      List<CalibrationResult.Corner> corners) {
    // Errors within a view may depend on each other, so views are what counts.
    int views =
        data.boards().size()
            + data.planes().size()
            + data.patches().size()
            + data.features().size();
    double t = student(Math.max(1, views - 1));
    List<Estimate> estimates = new ArrayList<>();
    Set<Parameter> timing =
        EnumSet.of(Parameter.DELAY, Parameter.DELAY_DIFFERENCE, Parameter.HYSTERESIS);
    for (Parameter each : Parameter.values()) {
      if (parameters.free().contains(each) && !timing.contains(each)) {
        estimates.add(estimate(each.key(), each, 1, solution, t));
      }
    }
    timing(parameters, solution, t, estimates);
    List<String> warnings = new ArrayList<>();
    if (!solution.converged()) {
      warnings.add("the fit did not settle; the numbers may be wrong");
    }
    if (!data.boards().isEmpty() && data.noise().cornerPixels > MOST_CORNER_PIXELS) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "corners fit to %.2f px only; expected at most %.1f: the board moved or is not flat, or"
                  + " images are noisy or blurred by motion",
              data.noise().cornerPixels,
              MOST_CORNER_PIXELS));
    }
    return new CalibrationResult(
        data.width(),
        data.height(),
        estimates,
        List.copyOf(parameters.refusals()),
        data.positions() == 0 ? 0 : data.noise().cornerPixels,
        data.noise().referenceFocus,
        data.referenceCelsius(),
        peaks,
        corners,
        warnings);
  }

  /**
   * With one rate of the sweep only the sum of all delays is known, and is written as the lag of
   * both directions. With several, the delay that both directions share is the clock offset: a lag
   * that both share is the same thing.
   */
  private static void timing(
      FreeParameters parameters,
      LeastSquares.Solution solution,
      double t,
      List<Estimate> estimates) {
    if (!parameters.free().contains(Parameter.DELAY)) {
      return;
    }
    if (!parameters.severalRates()) {
      estimates.add(estimate("lag_up", Parameter.DELAY, 1, solution, t));
      estimates.add(estimate("lag_down", Parameter.DELAY, 1, solution, t));
      return;
    }
    if (parameters.free().contains(Parameter.DELAY_DIFFERENCE)) {
      estimates.add(estimate("lag_up", Parameter.DELAY_DIFFERENCE, 1, solution, t));
      estimates.add(estimate("lag_down", Parameter.DELAY_DIFFERENCE, -1, solution, t));
    }
    estimates.add(estimate("clock_offset", Parameter.DELAY, 1, solution, t));
    if (parameters.free().contains(Parameter.HYSTERESIS)) {
      estimates.add(estimate("hysteresis", Parameter.HYSTERESIS, 1, solution, t));
    }
  }

  private static Estimate estimate(
      String key, Parameter parameter, double sign, LeastSquares.Solution solution, double t) {
    double sigma = solution.sigma()[parameter.ordinal()];
    return new Estimate(
        key, sign * parameter.in(solution.shared()), sigma, MARGIN * t * sigma, parameter.unit());
  }

  private static double student(int freedom) {
    double t = STUDENT[0][1];
    for (double[] row : STUDENT) {
      if (freedom >= row[0]) {
        t = row[1];
      }
    }
    return freedom > 60 ? 2.0 : t;
  }
}
