package io.github.rackfocus.cli;

import io.github.rackfocus.calibrate.BoardConfig;
import io.github.rackfocus.calibrate.BoardPrinter;
import io.github.rackfocus.calibrate.Calibration;
import io.github.rackfocus.calibrate.CalibrationConfig;
import io.github.rackfocus.calibrate.CalibrationResult;
import io.github.rackfocus.calibrate.CameraFile;
import io.github.rackfocus.calibrate.HtmlReport;
import io.github.rackfocus.calibrate.ResultTable;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.rosnode.BagFrameSource;
import io.github.rackfocus.rosnode.BagTopics;
import io.github.rackfocus.rosnode.LiveTopics;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.MatchingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackfocus calibrate}: calibrates a camera and its lens. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Calibrates a camera and its lens from recordings, and writes a camera file.",
      "With a printed board (--print-board): camera matrix, distortion, breathing, law of focus, lag"
          + " and temperature. With textured planes at known distances (--plane-distances): the law of"
          + " focus. With any still scene (--scene): breathing and lag. docs/calibration.md has the"
          + " steps."
    })
final class CalibrateCommand extends Subcommand {
  /** Lens power may be negative, and no focus is known yet: keeps every reading in range. */
  private static final double READABLE_OFFSET = 500;

  private static final double MAX_LIVE_SECONDS = 600;
  private static final Duration LIVE_PATIENCE = Duration.ofSeconds(30);

  @Parameters(
      arity = "0..*",
      paramLabel = "STACK_DIR|FILE.bag",
      description = "Stack folders or ROS bags; with --plane-distances one a distance.")
  private List<Path> recordings = new ArrayList<>();

  @Option(
      names = "--print-board",
      paramLabel = "FILE.pdf|FILE.png",
      description = "Writes the board to be printed, and ends.")
  private @Nullable Path printBoard;

  @Option(
      names = "--squares",
      paramLabel = "CxR",
      description = "Squares of the board, columns x rows. Default: ${DEFAULT-VALUE}.")
  private String squares = "11x8";

  @Option(
      names = "--square-mm",
      paramLabel = "MM",
      description = "Side of a square as printed: measure it. Default: ${DEFAULT-VALUE}.")
  private double squareMillimetres = BoardConfig.DEFAULTS.squareMillimetres();

  @Option(
      names = "--marker-mm",
      paramLabel = "MM",
      description = "Side of a marker. Default: ${DEFAULT-VALUE}.")
  private double markerMillimetres = BoardConfig.DEFAULTS.markerMillimetres();

  @Option(
      names = "--dictionary",
      paramLabel = "NAME",
      description = "Dictionary of the markers. Default: ${DEFAULT-VALUE}.")
  private String dictionary = BoardConfig.DEFAULTS.dictionary();

  @Option(
      names = "--paper",
      paramLabel = "SHEET",
      description = "Paper of the PDF: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private BoardPrinter.Paper paper = BoardPrinter.Paper.A4;

  @Option(
      names = "--plane-distances",
      paramLabel = "M",
      split = ",",
      description = "Distances of the planes in metres, one a recording.")
  private List<Double> planeDistances = new ArrayList<>();

  @Option(
      names = "--plane-error-mm",
      paramLabel = "MM",
      description = "How exactly they were measured. Default: ${DEFAULT-VALUE}.")
  private double planeErrorMillimetres = 1;

  @Option(names = "--scene", description = "The recordings show a still scene, no board.")
  private boolean scene;

  @Option(
      names = "--camera",
      paramLabel = "FILE",
      description = "A camera file; what is not estimated is taken from it.")
  private @Nullable Path camera;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the camera; names the file. Default: that of --camera, or camera.")
  private String name = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Camera file to write. Default: config/cameras/NAME.yaml.")
  private @Nullable Path out;

  @Option(names = "--report", paramLabel = "FILE.html", description = "Writes a page with plots.")
  private @Nullable Path report;

  @Option(
      names = "--reference-focus",
      paramLabel = "DPT",
      description = "Focus at which the camera matrix holds. Default: the middle of the sweep.")
  private double referenceFocus = Double.NaN;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration of lens input and images, in the format of 'rackfocus run'.")
  private @Nullable Path config;

  @Option(
      names = "--live",
      paramLabel = "SECONDS",
      description =
          "Records the topics of a running camera for this long, from its first image on, instead of"
              + " reading a recording; needs --image-topic.")
  private double live;

  @Option(
      names = "--image-topic",
      paramLabel = "TOPIC",
      description = "Image topic of the bags, or of the running camera.")
  private String imageTopic = "";

  @Option(
      names = "--lens-topic",
      paramLabel = "TOPIC",
      description = "Lens topic of the bags, or of the running camera.")
  private String lensTopic = "";

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    BoardConfig board = BoardConfig.of(squares, squareMillimetres, markerMillimetres, dictionary);
    if (printBoard != null) {
      print(board, printBoard);
      return 0;
    }
    check();
    CameraCalibration known = camera == null ? null : CalibrationFile.read(camera);
    String cameraName = cameraName(known);
    Path file = out == null ? Path.of("config", "cameras", cameraName + ".yaml") : out;
    OutputFile.checkWritable(report);
    AppConfig configuration = config == null ? AppConfig.defaults() : AppConfig.load(config);
    RosInputConfig input = raw(configuration.source().ros());
    CalibrationConfig calibration =
        new CalibrationConfig(
            board,
            known,
            referenceFocus,
            input.lens().matching().between() == MatchingConfig.Between.LINEAR,
            planeErrorMillimetres / 1000);
    out()
        .println(
            live != 0
                ? "Recording " + origin() + " for " + NumberFormats.plain(live) + " s"
                : "Reading " + origin() + ": a minute or two for a recording of minutes");
    out().flush();
    CalibrationResult result = calibrate(input, calibration);
    ResultTable.lines(result).forEach(out()::println);
    out().flush();
    CameraFile.write(result, known, cameraName, origin(), file);
    out().println("Camera file: " + file + " (use it as cameraInfoUrl)");
    // After the result, which a report that cannot be written must not cost.
    if (report != null) {
      LensCalibration before = known == null ? LensCalibration.DEFAULTS : known.lens();
      HtmlReport.write(result, before, "Calibration of " + cameraName, report);
      out().println("Report: " + report);
    }
    out().flush();
    return 0;
  }

  private void print(BoardConfig board, Path file) throws IOException {
    OutputFile.checkWritable(file);
    String lower = file.toString().toLowerCase(Locale.ROOT);
    if (lower.endsWith(".pdf")) {
      BoardPrinter.writePdf(board, paper, file);
    } else if (lower.endsWith(".png")) {
      BoardPrinter.writePng(board, file);
    } else {
      throw usageError("--print-board is " + file + "; expected a name that ends in .pdf or .png");
    }
    out().println("Board of " + board + ": " + file);
    out().println("Print it at 100 %, glue it to something flat, and measure a square.");
    out().flush();
  }

  private void check() {
    if (live != 0) {
      checkLive();
    } else if (recordings.isEmpty()) {
      throw usageError(
          "a recording is missing; expected stack folders or bags, --live, or --print-board");
    }
    if (scene && !planeDistances.isEmpty()) {
      throw usageError("--scene and --plane-distances exclude each other");
    }
    if (live == 0 && !planeDistances.isEmpty() && planeDistances.size() != recordings.size()) {
      throw usageError(
          "--plane-distances has "
              + planeDistances.size()
              + " distances for "
              + recordings.size()
              + " recordings; expected one a recording");
    }
    if (!name.isEmpty() && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw usageError(
          "--name is '"
              + name
              + "'; expected up to 64 letters, digits, dots, hyphens and underscores");
    }
  }

  private void checkLive() {
    if (!(live >= 1 && live <= MAX_LIVE_SECONDS)) {
      throw usageError("--live is " + live + "; expected 1 to " + MAX_LIVE_SECONDS + " s");
    }
    if (!recordings.isEmpty()) {
      throw usageError("--live and recordings exclude each other");
    }
    if (!planeDistances.isEmpty()) {
      throw usageError("--live shows one distance only; expected a bag for each plane");
    }
    if (imageTopic.isEmpty()) {
      throw usageError("--live needs --image-topic; expected the topic of the camera's images");
    }
  }

  private String cameraName(@Nullable CameraCalibration known) {
    if (!name.isEmpty()) {
      return name;
    }
    String given = known == null ? "" : known.cameraName();
    return given.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}") ? given : "camera";
  }

  /** As the driver sent them: neither rectified nor with a law of focus. */
  private static RosInputConfig raw(RosInputConfig input) {
    return input
        .withImages(input.images().withRectify(false).withCameraInfoUrl(""))
        .withLens(
            input
                .lens()
                .withMatching(
                    input.lens().matching().withPowerGain(1).withPowerOffset(READABLE_OFFSET)));
  }

  private CalibrationResult calibrate(RosInputConfig input, CalibrationConfig calibration)
      throws IOException, InterruptedException {
    List<FrameSource> sources = new ArrayList<>();
    try {
      if (live != 0) {
        sources.add(
            LiveTopics.open(
                imageTopic,
                lensTopic,
                Duration.ofMillis(Math.round(1000 * live)),
                LIVE_PATIENCE,
                input,
                List.of(),
                System.getenv()));
      }
      for (Path path : recordings) {
        sources.add(
            Files.isRegularFile(path)
                ? BagFrameSource.open(path, new BagTopics(imageTopic, lensTopic, ""), input)
                : StackFolder.open(path));
      }
      if (scene) {
        return Calibration.scene(sources, calibration);
      }
      return planeDistances.isEmpty()
          ? Calibration.board(sources, calibration)
          : Calibration.planes(
              sources,
              planeDistances.stream().mapToDouble(Double::doubleValue).toArray(),
              calibration);
    } finally {
      sources.forEach(FrameSource::close);
    }
  }

  private String origin() {
    if (live != 0) {
      return imageTopic;
    }
    return recordings.stream()
        .map(path -> String.valueOf(path.getFileName()))
        .collect(Collectors.joining(", "));
  }
}
