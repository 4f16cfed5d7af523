package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;

/** What a report shows of the observations, at the solution. */
final class PlotPoints {
  private static final int MOST_CORNERS = 3000;

  private final Observations data;
  private final double[] solved;

  PlotPoints(Observations data, double[] solved) {
    this.data = data;
    this.solved = solved;
  }

  /** Returns the law of focus at each peak of sharpness. */
  List<CalibrationResult.Peak> peaks() {
    List<CalibrationResult.Peak> peaks = new ArrayList<>();
    for (BoardView view : data.boards()) {
      view.peaks().forEach(peak -> peaks.add(peak(peak, view.vergence(solved, peak))));
    }
    for (PlaneView view : data.planes()) {
      view.peaks().forEach(peak -> peaks.add(peak(peak, view.vergence(solved))));
    }
    for (ScenePatch patch : data.patches()) {
      patch.peaks().forEach(peak -> peaks.add(peak(peak, Double.NaN)));
    }
    return peaks;
  }

  /** Returns where points were seen: every so many, so that a report stays small. */
  List<CalibrationResult.Corner> corners() {
    List<CalibrationResult.Corner> corners = new ArrayList<>();
    int every = 1 + data.positions() / MOST_CORNERS;
    int count = 0;
    double pixels = data.noise().cornerPixels;
    for (BoardView view : data.boards()) {
      double[] residuals = new double[view.size()];
      view.residuals(solved, view.local(), residuals);
      int at = 0;
      for (BoardView.Corners frame : view.frames()) {
        for (int i = 0; i < frame.pixels().length; i += 2) {
          if (count++ % every == 0) {
            corners.add(
                new CalibrationResult.Corner(
                    frame.pixels()[i],
                    frame.pixels()[i + 1],
                    residuals[at] * pixels,
                    residuals[at + 1] * pixels));
          }
          at += 2;
        }
      }
    }
    for (SceneFeature feature : data.features()) {
      double[] residuals = new double[feature.size()];
      feature.residuals(solved, feature.local(), residuals);
      for (int i = 0; i < feature.sightings().size(); i++) {
        if (count++ % every == 0) {
          SceneFeature.Sighting seen = feature.sightings().get(i);
          corners.add(
              new CalibrationResult.Corner(
                  seen.x(), seen.y(), residuals[2 * i] * pixels, residuals[2 * i + 1] * pixels));
        }
      }
    }
    return corners;
  }

  private CalibrationResult.Peak peak(SharpnessPeak peak, double vergence) {
    Noise noise = data.noise();
    return new CalibrationResult.Peak(
        peak.lens().power(),
        (int) Math.signum(peak.lens().rate() * Parameter.GAIN.in(solved)),
        vergence,
        peak.lens().focus(solved),
        noise.peakSigma(peak));
  }
}
