package io.github.rackfocus.calibrate;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.sweep.CameraCalibration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Calibrates a camera and its lens. Everything is estimated in one fit, so that the uncertainty of
 * each number contains that of all others. Sources are read to their end and not closed.
 */
public final class Calibration {
  private static final double MOVED = 3;
  private static final int REGIONS_X = 4;
  private static final int REGIONS_Y = 3;

  private final CalibrationConfig config;
  private final Noise noise = new Noise();
  private final List<Recording> recordings = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Calibration(CalibrationConfig config) {
    this.config = config;
  }

  /**
   * Calibrates with a board that is held still in several places while the lens sweeps.
   *
   * @param sources one or more recordings; in a stack folder the board rests
   * @throws CalibrationException if the board is not seen often enough
   * @throws IOException if a source fails
   */
  public static CalibrationResult board(List<FrameSource> sources, CalibrationConfig config)
      throws IOException, InterruptedException {
    return new Calibration(config).board(sources);
  }

  /**
   * Calibrates the law of focus with textured planes at known distances, perpendicular to the axis.
   *
   * @param sources a recording a distance
   * @param distances metres
   * @throws CalibrationException if no plane becomes sharp within the sweep
   * @throws IOException if a source fails
   */
  public static CalibrationResult planes(
      List<FrameSource> sources, double[] distances, CalibrationConfig config)
      throws IOException, InterruptedException {
    if (sources.size() != distances.length) {
      throw new IllegalArgumentException(
          "there are "
              + distances.length
              + " distances and "
              + sources.size()
              + " recordings; expected one recording a distance");
    }
    for (double each : distances) {
      if (!(each >= 0.005 && each <= 1000)) {
        throw new IllegalArgumentException(
            "a distance is " + each + " m; expected 0.005 to 1000 m");
      }
    }
    return new Calibration(config).planes(sources, distances);
  }

  /**
   * Calibrates breathing and delays with any still, textured scene.
   *
   * @throws CalibrationException if there is no texture
   * @throws IOException if a source fails
   */
  public static CalibrationResult scene(List<FrameSource> sources, CalibrationConfig config)
      throws IOException, InterruptedException {
    return new Calibration(config).scene(sources);
  }

  private CalibrationResult board(List<FrameSource> sources)
      throws IOException, InterruptedException {
    BoardDetector detector = new BoardDetector(config.board());
    for (FrameSource source : sources) {
      read(Recording.read(source, detector, config.movesWithoutDirection(), null));
    }
    double celsius = referenceCelsius();
    List<BoardView> views = new ArrayList<>();
    int seen = 0;
    int moving = 0;
    for (Recording recording : recordings) {
      BoardViews found = new BoardViews(recording, config.board(), celsius, noise);
      views.addAll(found.views());
      seen += found.seen();
      moving += found.moving();
    }
    check(seen, moving, views);
    Calibrator calibrator = calibrator(views, celsius);
    List<BoardView> still = still(views, calibrator.shared());
    if (still.size() < views.size() && still.size() >= FreeParameters.FEWEST_VIEWS) {
      warnings.add(
          (views.size() - still.size())
              + " of "
              + views.size()
              + " views were left out: the board moved in them");
      calibrator = calibrator(still, celsius);
    }
    return calibrator.result().withWarnings(warnings);
  }

  private void check(int seen, int moving, List<BoardView> views) throws CalibrationException {
    int frames = recordings.stream().mapToInt(each -> each.frames().size()).sum();
    if (seen == 0) {
      throw new CalibrationException(
          "the board was not found in any of "
              + frames
              + " frames; expected "
              + config.board()
              + ": check --squares and --dictionary, the light, and that it becomes sharp within the"
              + " sweep");
    }
    if (views.isEmpty() || moving > seen / 2) {
      String sentence =
          String.format(
              Locale.ROOT,
              "motion too fast: in %d of %d frames with the board it moved; hold it still, on a stand,"
                  + " for two sweeps a place",
              moving,
              seen);
      if (views.isEmpty()) {
        throw new CalibrationException(sentence);
      }
      warnings.add(sentence);
    }
    int most =
        views.stream()
            .flatMap(view -> view.frames().stream())
            .mapToInt(frame -> frame.corners().length)
            .max()
            .orElse(0);
    if (most < config.board().corners()) {
      warnings.add(
          "the board was never seen whole: at most "
              + most
              + " of "
              + config.board().corners()
              + " corners; the fit works with parts, but is better with some whole views");
    }
  }

  private Calibrator calibrator(List<BoardView> views, double celsius) throws CalibrationException {
    Recording first = recordings.get(0);
    return new Calibrator(
        new Observations(
            first.width(), first.height(), celsius, noise, views, List.of(), List.of(), List.of()),
        config.board(),
        config.known(),
        config.referenceFocus());
  }

  /** Returns the views whose corners fit as well as those of most. */
  private static List<BoardView> still(List<BoardView> views, double[] shared) {
    double[] errors = views.stream().mapToDouble(view -> view.cornerError(shared)).toArray();
    double[] sorted = errors.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    List<BoardView> still = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      if (errors[i] <= MOVED * median) {
        still.add(views.get(i));
      }
    }
    return still;
  }

  private CalibrationResult planes(List<FrameSource> sources, double[] distances)
      throws IOException, InterruptedException {
    for (FrameSource source : sources) {
      read(Recording.read(source, null, config.movesWithoutDirection(), null));
    }
    double celsius = referenceCelsius();
    List<PlaneView> planes = new ArrayList<>();
    for (int i = 0; i < distances.length; i++) {
      Regions regions = new Regions(recordings.get(i), celsius, REGIONS_X, REGIONS_Y);
      List<SharpnessPeak> peaks = regions.peaks().stream().flatMap(List::stream).toList();
      if (peaks.isEmpty()) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "%s: no texture became sharp at %.3f m; it is left out",
                recordings.get(i).name(),
                distances[i]));
      } else {
        planes.add(new PlaneView(distances[i], config.planeSigmaMetres(), peaks, noise));
      }
    }
    return solve(
        new Observations(
            recordings.get(0).width(),
            recordings.get(0).height(),
            celsius,
            noise,
            List.of(),
            planes,
            List.of(),
            List.of()));
  }

  private CalibrationResult scene(List<FrameSource> sources)
      throws IOException, InterruptedException {
    List<FeatureTracker> trackers = new ArrayList<>();
    for (FrameSource source : sources) {
      FeatureTracker tracker = new FeatureTracker();
      trackers.add(tracker);
      read(Recording.read(source, null, config.movesWithoutDirection(), tracker));
      tracker.close();
    }
    double celsius = referenceCelsius();
    List<ScenePatch> patches = new ArrayList<>();
    List<SceneFeature> features = new ArrayList<>();
    CameraCalibration known = config.known();
    double gain = known == null ? 1 : known.lens().powerGain();
    double offset = known == null ? 0 : known.lens().powerOffset();
    for (int i = 0; i < recordings.size(); i++) {
      Regions regions = new Regions(recordings.get(i), celsius, 2 * REGIONS_X, 2 * REGIONS_Y);
      for (List<SharpnessPeak> peaks : regions.peaks()) {
        if (peaks.size() > 1) {
          double power =
              peaks.stream().mapToDouble(each -> each.lens().power()).average().orElse(0);
          patches.add(new ScenePatch(gain * power + offset, peaks, noise));
        }
      }
      features.addAll(trackers.get(i).features(regions.passes(), noise));
    }
    return solve(
        new Observations(
            recordings.get(0).width(),
            recordings.get(0).height(),
            celsius,
            noise,
            List.of(),
            List.of(),
            patches,
            features));
  }

  private CalibrationResult solve(Observations data) throws CalibrationException {
    return new Calibrator(data, config.board(), config.known(), config.referenceFocus())
        .result()
        .withWarnings(warnings);
  }

  private void read(Recording recording) throws CalibrationException {
    CameraCalibration known = config.known();
    int width = known == null ? recording.width() : known.width();
    int height = known == null ? recording.height() : known.height();
    if (!recordings.isEmpty()) {
      width = recordings.get(0).width();
      height = recordings.get(0).height();
    }
    if (recording.width() != width || recording.height() != height) {
      throw new CalibrationException(
          recording.name()
              + " has images of "
              + recording.width()
              + " x "
              + recording.height()
              + "; expected "
              + width
              + " x "
              + height
              + ", as the camera file or the first recording");
    }
    if (recording.withoutReading() > 0) {
      warnings.add(
          recording.name()
              + ": "
              + recording.withoutReading()
              + " frames without a lens reading were left out");
    }
    if (recording.byFocus()) {
      warnings.add(
          recording.name()
              + ": the driver reports focus and no lens power; power_gain and"
              + " power_offset say how its focus is wrong, and the node does not apply them to it");
    }
    recordings.add(recording);
  }

  /** That of the camera file, or the mean in whole degrees: a choice, not a measurement. */
  private double referenceCelsius() {
    CameraCalibration known = config.known();
    if (known != null && known.lens().drift().dioptresPerDegree() != 0) {
      return known.lens().drift().referenceCelsius();
    }
    return Math.round(
        recordings.stream()
            .flatMap(each -> each.frames().stream())
            .mapToDouble(FrameRecord::celsius)
            .filter(Double::isFinite)
            .average()
            .orElse(25));
  }
}
