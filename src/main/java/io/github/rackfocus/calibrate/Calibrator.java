package io.github.rackfocus.calibrate;

import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Estimates a camera and its lens from observations: one fit of everything, so that the uncertainty
 * of the camera matrix, say, is in that of the law of focus too.
 */
final class Calibrator {
  private static final int NOISE_ROUNDS = 3;
  private static final double SIGNIFICANT = 3;
  private static final double POOR_PIXELS = 0.4;
  private static final int MOST_FLIPS = 4;
  private static final double[] OTHER_STARTS = {0.85, 1.2, 0.7, 1.45};
  private static final LeastSquares.Solution NONE =
      new LeastSquares.Solution(new double[0], new double[0], new double[0][], 0, false);
  private static final double LEAST_CORNER_PIXELS = 0.01;

  private final Observations data;
  private final @Nullable CameraCalibration known;
  private final double[] shared = new double[Parameter.values().length];
  private final KnownLens knownLens;
  private final BoardConfig board;
  private final double referenceFocus;
  private FreeParameters parameters;
  private LeastSquares.Solution solution = NONE;

  /**
   * Solves.
   *
   * @param board that the observations show
   * @param known a camera file: its camera matrix is used if no board is seen often enough, its
   *     lens where the observations don't determine it
   * @param referenceFocus at which the camera matrix shall hold, dioptres; NaN: the middle of the
   *     sweep
   * @throws CalibrationException if there is too little to estimate anything
   */
  Calibrator(
      Observations data,
      BoardConfig board,
      @Nullable CameraCalibration known,
      double referenceFocus)
      throws CalibrationException {
    this.data = data;
    this.known = known;
    this.knownLens = new KnownLens(known == null ? LensCalibration.DEFAULTS : known.lens());
    this.board = board;
    this.referenceFocus = referenceFocus;
    check();
    this.parameters = attempt(1, new BitSet());
    if (parameters.free().contains(Parameter.FX) && isPoor()) {
      tryOtherStarts();
    }
    prune();
  }

  /**
   * A small board looks the same tilted the other way, and one wrong start can bend the whole fit:
   * the view that fits worst starts from its other pose, and if that doesn't help, all start
   * elsewhere.
   */
  private void tryOtherStarts() throws CalibrationException {
    double best = data.noise().cornerPixels;
    double bestFactor = 1;
    BitSet bestFlips = new BitSet();
    BitSet flips = new BitSet();
    for (int i = 0; i < MOST_FLIPS + OTHER_STARTS.length && isPoor(); i++) {
      double factor = 1;
      if (i < MOST_FLIPS) {
        flips.flip(worstView());
      } else {
        flips.clear();
        factor = OTHER_STARTS[i - MOST_FLIPS];
      }
      parameters = attempt(factor, flips);
      if (data.noise().cornerPixels < best) {
        best = data.noise().cornerPixels;
        bestFactor = factor;
        bestFlips = (BitSet) flips.clone();
      }
    }
    if (isPoor()) {
      parameters = attempt(bestFactor, bestFlips);
    }
  }

  private int worstView() {
    int worst = 0;
    double most = 0;
    for (int i = 0; i < data.boards().size(); i++) {
      double error = data.boards().get(i).cornerError(shared);
      if (error > most) {
        most = error;
        worst = i;
      }
    }
    return worst;
  }

  private boolean isPoor() {
    return !solution.converged() || data.noise().cornerPixels > POOR_PIXELS;
  }

  private FreeParameters attempt(double factor, BitSet flips) throws CalibrationException {
    data.noise().reset();
    start(factor, flips);
    FreeParameters chosen = new FreeParameters(data, vergences());
    if (chosen.free().contains(Parameter.GAIN)) {
      law();
    }
    for (Parameter each :
        new Parameter[] {
          Parameter.DELAY_DIFFERENCE, Parameter.HYSTERESIS, Parameter.SCALE_SQUARED
        }) {
      shared[each.ordinal()] = knownLens.fixed(each, chosen);
    }
    Noise noise = data.noise();
    noise.gain = Parameter.GAIN.in(shared);
    double[] sigmas =
        data.peaks().stream().mapToDouble(SharpnessPeak::sigmaPower).sorted().toArray();
    noise.medianPeakSigma = sigmas.length == 0 ? 0 : sigmas[sigmas.length / 2];
    noise.referenceFocus = reference(chosen);
    solution = solve(chosen);
    return chosen;
  }

  /** Returns the result. */
  CalibrationResult result() {
    PlotPoints points = new PlotPoints(data, solution.shared());
    return Results.of(data, parameters, solution, points.peaks(), points.corners());
  }

  /** All shared unknowns at the solution. */
  double[] shared() {
    return solution.shared().clone();
  }

  private void check() throws CalibrationException {
    if (data.positions() == 0 && data.peaks().isEmpty()) {
      throw new CalibrationException(
          "nothing could be measured: no board, no texture that becomes sharp within the sweep");
    }
  }

  private void start(double factor, BitSet flips) throws CalibrationException {
    for (Parameter each : Parameter.values()) {
      shared[each.ordinal()] = knownLens.of(each);
    }
    if (known != null) {
      BoardStart.setKnown(known, shared);
    } else {
      // Without a camera matrix, a scene breathes about the middle of its image.
      shared[Parameter.FX.ordinal()] = data.width();
      shared[Parameter.FY.ordinal()] = data.width();
      shared[Parameter.CX.ordinal()] = (data.width() - 1) / 2.0;
      shared[Parameter.CY.ordinal()] = (data.height() - 1) / 2.0;
    }
    if (!data.boards().isEmpty()) {
      boolean estimated = data.boards().size() >= FreeParameters.FEWEST_VIEWS;
      if (!estimated && known == null) {
        throw new CalibrationException(
            "the board was held still "
                + data.boards().size()
                + " times; expected at least "
                + FreeParameters.FEWEST_VIEWS
                + ", or a camera file with the camera matrix (--camera)");
      }
      BoardStart.set(data, board, estimated ? null : known, factor, flips, shared);
    }
  }

  private double[] vergences() {
    List<Double> all = new ArrayList<>();
    data.boards()
        .forEach(view -> view.peaks().forEach(peak -> all.add(view.vergence(shared, peak))));
    data.planes().forEach(view -> view.peaks().forEach(peak -> all.add(view.vergence(shared))));
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A straight line through vergence over power. */
  private void law() {
    double[] vergences = vergences();
    List<SharpnessPeak> peaks = data.peaks();
    double n = vergences.length;
    double meanPower = peaks.stream().mapToDouble(peak -> peak.lens().power()).average().orElse(0);
    double mean = 0;
    for (double each : vergences) {
      mean += each / n;
    }
    double square = 0;
    double product = 0;
    for (int i = 0; i < vergences.length; i++) {
      double power = peaks.get(i).lens().power() - meanPower;
      square += power * power;
      product += power * (vergences[i] - mean);
    }
    if (square > 0 && product != 0) {
      shared[Parameter.GAIN.ordinal()] = product / square;
      shared[Parameter.OFFSET.ordinal()] = mean - product / square * meanPower;
    }
  }

  /** A camera matrix that is kept holds where it did. */
  private double reference(FreeParameters chosen) {
    if (known != null
        && known.lens().breathing().referenceFocus() != 0
        && !chosen.free().contains(Parameter.FX)) {
      return known.lens().breathing().referenceFocus();
    }
    return Double.isNaN(referenceFocus) ? middle() : referenceFocus;
  }

  private double middle() {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    List<LensSample> samples = new ArrayList<>(data.positionSamples());
    data.peaks().forEach(peak -> samples.add(peak.lens()));
    for (LensSample each : samples) {
      double focus = each.focus(shared);
      least = Math.min(least, focus);
      most = Math.max(most, focus);
    }
    // Rounded, since it is a choice and not a measurement.
    return Math.max(0, Math.round(50 * (least + most)) / 100.0);
  }

  private LeastSquares.Solution solve(FreeParameters chosen) {
    int[] free = chosen.free().stream().mapToInt(Parameter::ordinal).toArray();
    LeastSquares problem = new LeastSquares(data.blocks(), free, Parameter.steps());
    LeastSquares.Solution result = problem.solve(shared);
    for (int round = 1; round < NOISE_ROUNDS; round++) {
      System.arraycopy(result.shared(), 0, shared, 0, shared.length);
      noise(chosen);
      result = problem.solve(shared);
    }
    System.arraycopy(result.shared(), 0, shared, 0, shared.length);
    return result;
  }

  /** Sets the noise of positions and of peaks to what their residuals are. */
  private void noise(FreeParameters chosen) {
    Noise noise = data.noise();
    Residuals residuals = Residuals.of(data, shared);
    EnumSet<Parameter> law = EnumSet.copyOf(chosen.free());
    law.removeIf(each -> each.ordinal() < Parameter.GAIN.ordinal());
    int geometric = chosen.free().size() - law.size();
    double positionFreedom =
        2.0 * data.positions()
            - 6.0 * data.boards().size()
            - 2.0 * data.features().size()
            - geometric;
    if (positionFreedom > 0) {
      double scale = Math.sqrt(residuals.positionSquares() / positionFreedom);
      noise.cornerPixels = Math.max(LEAST_CORNER_PIXELS, noise.cornerPixels * scale);
    }
    double peakFreedom = residuals.peaks() - data.patches().size() - (double) law.size();
    if (peakFreedom > 0) {
      noise.peakFactor *= Math.sqrt(residuals.peakSquares() / peakFreedom);
    }
    noise.gain = Parameter.GAIN.in(shared);
  }

  /** Leaves out what turned out not to be determined, and solves again. */
  private void prune() {
    List<Parameter> dropped = new ArrayList<>();
    for (Parameter each : List.copyOf(parameters.free())) {
      double sigma = solution.sigma()[each.ordinal()];
      boolean optional = each == Parameter.SCALE_SQUARED || each == Parameter.DEPTH_OFFSET;
      double difference = Math.abs(each.in(solution.shared()) - knownLens.fixed(each, parameters));
      String reason = "";
      if (each.largestSigma() > 0 && !(sigma <= each.largestSigma())) {
        reason =
            "the recording leaves %.2g %s of uncertainty; record more views, spread over the sweep";
      } else if (optional && difference < SIGNIFICANT * sigma) {
        reason = "is what it was within its uncertainty of %.2g %s";
      }
      if (!reason.isEmpty()) {
        parameters.refuse(each, String.format(Locale.ROOT, reason, sigma, each.unit()).strip());
        dropped.add(each);
      }
    }
    if (!dropped.isEmpty()) {
      dropped.forEach(each -> shared[each.ordinal()] = knownLens.fixed(each, parameters));
      solution = solve(parameters);
    }
  }
}
