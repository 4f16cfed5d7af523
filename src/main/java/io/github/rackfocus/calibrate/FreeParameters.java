package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** Decides which parameters a recording can determine, and says of the others why not. */
final class FreeParameters {
  static final int FEWEST_VIEWS = 5;
  private static final int FEWEST_DISTANCES = 3;
  private static final int FEWEST_PEAKS = 3;
  private static final double LEAST_DEGREES = 3;
  private static final double LEAST_RATE_RATIO = 1.5;
  private static final double LEAST_SWEEP_DIOPTRES = 0.3;
  private static final double LEAST_RADIUS = 0.6;

  private final Observations data;
  private final EnumSet<Parameter> free = EnumSet.noneOf(Parameter.class);
  private final List<Refusal> refusals = new ArrayList<>();
  private boolean severalRates;

  /**
   * @param vergences distance of each peak, dioptres; empty where distances are not known
   */
  FreeParameters(Observations data, double[] vergences) {
    this.data = data;
    intrinsics();
    breathing();
    law(vergences);
    timing();
    temperature();
    refusals.add(
        new Refusal(
            "exposure_offset",
            "has the same effect as clock_offset; set lens.exposureOffset if the camera states it"));
  }

  /** The parameters to estimate. */
  EnumSet<Parameter> free() {
    return free;
  }

  /** Why the others are not estimated. */
  List<Refusal> refusals() {
    return refusals;
  }

  /** Whether the sweep had rates that tell delay from hysteresis. */
  boolean severalRates() {
    return severalRates;
  }

  /** Stops estimating a parameter. */
  void refuse(Parameter parameter, String reason) {
    free.remove(parameter);
    refusals.add(new Refusal(parameter.key(), reason));
  }

  private void refuse(String key, String reason) {
    refusals.add(new Refusal(key, reason));
  }

  private void intrinsics() {
    int views = data.boards().size();
    if (views >= FEWEST_VIEWS) {
      free.addAll(EnumSet.range(Parameter.FX, Parameter.P2));
      double radius = radius();
      if (radius >= LEAST_RADIUS) {
        free.add(Parameter.K3);
      } else {
        refuse(
            Parameter.K3.key(),
            String.format(
                Locale.ROOT,
                "the board was seen within %.0f %% of the way to the image's corners; hold it into"
                    + " all four corners",
                100 * radius));
      }
    } else {
      refuse(
          "camera_matrix",
          views == 0
              ? "needs a board; see --print-board"
              : "the board was held still "
                  + views
                  + " times; hold it still, tilted another way each"
                  + " time, at least "
                  + FEWEST_VIEWS
                  + " times, better 15");
    }
  }

  private double radius() {
    double largest = 0;
    double centreX = (data.width() - 1) / 2.0;
    double centreY = (data.height() - 1) / 2.0;
    for (BoardView view : data.boards()) {
      for (BoardView.Corners frame : view.frames()) {
        for (int i = 0; i < frame.pixels().length; i += 2) {
          largest =
              Math.max(
                  largest,
                  Math.hypot(frame.pixels()[i] - centreX, frame.pixels()[i + 1] - centreY));
        }
      }
    }
    return largest / Math.hypot(centreX, centreY);
  }

  private void breathing() {
    if (data.positions() == 0) {
      refuse(
          "breathing",
          data.metric()
              ? "needs positions in the images: a board, or a still scene with texture"
              : "no point could be followed through the sweep: no texture; aim at a textured scene");
      return;
    }
    double[] powers =
        data.positionSamples().stream().mapToDouble(LensSample::power).sorted().toArray();
    double span = powers[powers.length - 1] - powers[0];
    if (span < LEAST_SWEEP_DIOPTRES) {
      refuse(
          "breathing",
          String.format(
              Locale.ROOT,
              "points were seen over %.2f dioptres of lens power; sweep at least %.1f, or show the"
                  + " board at distances where more of the sweep is sharp enough",
              span,
              LEAST_SWEEP_DIOPTRES));
      return;
    }
    free.addAll(
        EnumSet.of(Parameter.SCALE, Parameter.SCALE_SQUARED, Parameter.SHIFT_X, Parameter.SHIFT_Y));
  }

  private void law(double[] vergences) {
    if (!data.metric()) {
      refuse(
          "power_gain, power_offset",
          "need distances: a board, or a textured plane with --plane-distances");
      return;
    }
    int distances = distinct(vergences);
    if (distances < FEWEST_DISTANCES) {
      refuse(
          "power_gain, power_offset",
          distances == 0
              ? "no peak of sharpness was found: no texture, or the sweep does not reach the distance"
              : "only "
                  + distances
                  + (distances == 1 ? " distance" : " distances")
                  + " within the"
                  + " sweep; show it at "
                  + FEWEST_DISTANCES
                  + " or more, spread over the sweep");
      return;
    }
    free.add(Parameter.GAIN);
    free.add(Parameter.OFFSET);
    if (!data.planes().isEmpty() && data.planes().size() > FEWEST_DISTANCES) {
      free.add(Parameter.DEPTH_OFFSET);
    }
  }

  /** Counts vergences that differ by more than 3 % of the largest. */
  private static int distinct(double[] vergences) {
    double[] sorted = vergences.clone();
    Arrays.sort(sorted);
    int count = 0;
    double last = Double.NEGATIVE_INFINITY;
    for (double each : sorted) {
      if (each > last + 0.03 * sorted[sorted.length - 1]) {
        count++;
        last = each;
      }
    }
    return count;
  }

  private void timing() {
    List<SharpnessPeak> peaks = data.peaks();
    long up = peaks.stream().filter(peak -> peak.lens().rate() > 0).count();
    long down = peaks.stream().filter(peak -> peak.lens().rate() < 0).count();
    if (up == 0 && down == 0) {
      refuse("lag_up, lag_down", "the lens held still in every frame, so no lag can be seen");
      refuse("clock_offset", "the lens held still in every frame");
      return;
    }
    if (Math.min(up, down) < FEWEST_PEAKS) {
      refuse(
          "lag_up, lag_down",
          "the lens swept in one direction only; sweep up and down (a triangle)");
      refuse(
          "clock_offset", "the lens swept in one direction only; sweep up and down (a triangle)");
      return;
    }
    free.add(Parameter.DELAY);
    double[] rates =
        peaks.stream()
            .mapToDouble(peak -> Math.abs(peak.lens().rate()))
            .filter(rate -> rate > 0)
            .sorted()
            .toArray();
    double slow = rates[rates.length / 10];
    double fast = rates[rates.length - 1 - rates.length / 10];
    severalRates = fast >= LEAST_RATE_RATIO * slow;
    if (severalRates) {
      free.add(Parameter.HYSTERESIS);
      free.add(Parameter.DELAY_DIFFERENCE);
    } else {
      refuse(
          "clock_offset",
          "the lens swept at one rate only; sweep at two rates to tell it from hysteresis. The lags"
              + " above contain it and hold at this rate");
      refuse("hysteresis", "the lens swept at one rate only; sweep at two rates");
    }
  }

  private void temperature() {
    double[] degrees =
        data.peaks().stream().mapToDouble(peak -> peak.lens().celsius()).sorted().toArray();
    double span = degrees.length == 0 ? 0 : degrees[degrees.length - 1] - degrees[0];
    if (span == 0) {
      refuse(Parameter.TEMPERATURE.key(), "the driver reports no temperature, or it never changed");
    } else if (span < LEAST_DEGREES || !free.contains(Parameter.GAIN)) {
      refuse(
          Parameter.TEMPERATURE.key(),
          String.format(
              Locale.ROOT,
              "the temperature changed by %.1f °C; record cold and warm, %.0f °C apart",
              span,
              LEAST_DEGREES));
    } else {
      free.add(Parameter.TEMPERATURE);
    }
  }
}
