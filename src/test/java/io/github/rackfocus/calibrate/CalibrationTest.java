package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** From images to a camera file. */
class CalibrationTest {
  private static final BoardConfig BOARD = new BoardConfig(6, 5, 30, 22, "4x4_50");
  private static final CalibrationConfig CONFIG =
      CalibrationConfig.DEFAULTS.withBoard(BOARD).withReferenceFocus(RenderedCamera.REFERENCE);

  @TempDir Path folder;

  @BeforeAll
  static void loadOpenCv() {
    NativeLibraries.loadOpenCv();
  }

  private static RenderedCamera board(int views, int framesPerPass) {
    Random random = new Random(3);
    List<double[]> poses = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      double z = 1 / (2.6 + 3.4 * view / (views - 1));
      double[] turned = {
        0.9 * (random.nextDouble() - 0.5), 0.9 * (random.nextDouble() - 0.5), 0, 0, 0, 0
      };
      double[] pose = CameraModel.pose(turned);
      turned[3] = -(pose[0] * 0.09 + pose[1] * 0.075);
      turned[4] = -(pose[3] * 0.09 + pose[4] * 0.075);
      turned[5] = z - (pose[6] * 0.09 + pose[7] * 0.075);
      poses.add(turned);
    }
    Mat picture = BoardPrinter.render(BOARD, 2, 20);
    Imgproc.GaussianBlur(picture, picture, new Size(0, 0), 0.7);
    return new RenderedCamera(picture, 2000, 0.02, poses, framesPerPass, 2);
  }

  @Test
  void shouldCalibrateWithImagesOfABoard() throws Exception {
    CalibrationResult result;
    try (RenderedCamera camera = board(8, 11)) {
      result = Calibration.board(List.of(camera), CONFIG);
    }
    assertThat(result.cornerPixels()).isLessThan(0.15);
    assertThat(result.value("fx", 0)).isCloseTo(RenderedCamera.FOCAL, within(1.5));
    assertThat(result.value("cx", 0)).isCloseTo(159.5, within(1.5));
    assertThat(result.value("breathing.scale_per_dioptre", 0))
        .isCloseTo(RenderedCamera.SCALE, within(0.0003));
    assertThat(result.value("breathing.shift_x_per_dioptre", 0))
        .isCloseTo(RenderedCamera.SHIFT_X, within(0.04));
    assertThat(result.value("power_gain", 0)).isCloseTo(RenderedCamera.GAIN, within(0.01));
    assertThat(result.value("power_offset", 0)).isCloseTo(RenderedCamera.OFFSET, within(0.04));
    assertThat(result.value("lag_up", 0)).isCloseTo(RenderedCamera.DELAY, within(0.0005));
    assertThat(result.value("lag_down", 0)).isCloseTo(RenderedCamera.DELAY, within(0.0005));
    assertThat(result.refusals()).extracting(Refusal::key).contains("clock_offset", "hysteresis");

    Path file = folder.resolve("cameras").resolve("wrist.yaml");
    CameraFile.write(result, null, "wrist", "images of a board", file);
    CameraCalibration read = CalibrationFile.read(file);
    assertThat(read.cameraName()).isEqualTo("wrist");
    assertThat(read.camera()[0]).isCloseTo(result.value("fx", 0), within(1e-6));
    assertThat(read.lens().powerGain()).isCloseTo(result.value("power_gain", 0), within(1e-8));
    assertThat(read.lens().breathing().scalePerDioptre())
        .isCloseTo(result.value("breathing.scale_per_dioptre", 0), within(1e-9));
    assertThat(read.lens().timing().lagUpSeconds())
        .isCloseTo(result.value("lag_up", 0), within(1e-9));
    assertThat(Files.readString(file)).contains("power_gain_sigma:", "# clock_offset is not estimated");

    Path report = folder.resolve("report.html");
    HtmlReport.write(result, LensCalibration.DEFAULTS, "Calibration of wrist", report);
    assertThat(Files.readString(report)).contains("<svg", "Depth before and after", "power_gain");
  }

  /** A flat surface with texture of many sizes, perpendicular to the axis. */
  private static RenderedCamera surface(double metres, int framesPerPass, int passes) {
    Mat fine = new Mat(700, 900, CvType.CV_8UC1);
    Mat coarse = new Mat(700 / 5, 900 / 5, CvType.CV_8UC1);
    Core.setRNGSeed(7);
    Core.randu(fine, 0, 256);
    Core.randu(coarse, 0, 256);
    Imgproc.resize(coarse, coarse, fine.size(), 0, 0, Imgproc.INTER_CUBIC);
    Core.addWeighted(fine, 0.4, coarse, 0.6, 0, fine);
    coarse.release();
    // Somewhat larger than the view.
    double pixelsPerMetre = 700 / (1.3 * metres * RenderedCamera.HEIGHT / RenderedCamera.FOCAL);
    double width = 900 / pixelsPerMetre;
    double height = 700 / pixelsPerMetre;
    double[] pose = {0, 0, 0, -width / 2, -height / 2, metres};
    return new RenderedCamera(fine, pixelsPerMetre, 0, List.of(pose), framesPerPass, passes);
  }

  @Test
  void shouldFindTheLawOfFocusWithPlanes() throws Exception {
    double[] distances = {0.17, 0.22, 0.3, 0.4};
    List<FrameSource> sources = new ArrayList<>();
    for (double distance : distances) {
      sources.add(surface(distance, 16, 2));
    }
    CalibrationResult result = Calibration.planes(sources, distances, CONFIG);
    sources.forEach(FrameSource::close);
    assertThat(result.value("power_gain", 0)).isCloseTo(RenderedCamera.GAIN, within(0.02));
    assertThat(result.value("power_offset", 0)).isCloseTo(RenderedCamera.OFFSET, within(0.1));
    assertThat(result.value("lag_up", 0)).isCloseTo(RenderedCamera.DELAY, within(0.001));
    assertThat(result.refusals()).extracting(Refusal::key).contains("camera_matrix", "breathing");
  }

  @Test
  void shouldRefuseTheLawOfTwoDistances() throws Exception {
    double[] distances = {0.2, 0.3};
    List<FrameSource> sources = List.of(surface(0.2, 14, 2), surface(0.3, 14, 2));
    CalibrationResult result = Calibration.planes(sources, distances, CONFIG);
    sources.forEach(FrameSource::close);
    assertThat(result.find("power_gain")).isEmpty();
    assertThat(result.refusals())
        .filteredOn(each -> each.key().startsWith("power_gain"))
        .singleElement()
        .extracting(Refusal::reason)
        .asString()
        .contains("only 2 distances within the sweep; show it at 3 or more");
  }

  @Test
  void shouldFindBreathingAndLagWithAStillScene() throws Exception {
    CalibrationResult result;
    try (RenderedCamera camera = surface(0.25, 24, 4)) {
      result = Calibration.scene(List.of(camera), CONFIG);
    }
    // Without a law of focus, dioptres are those of the lens's power.
    assertThat(result.value("breathing.scale_per_dioptre", 0))
        .isCloseTo(RenderedCamera.SCALE * RenderedCamera.GAIN, within(0.0008));
    assertThat(result.value("breathing.shift_x_per_dioptre", 0))
        .isCloseTo(RenderedCamera.SHIFT_X * RenderedCamera.GAIN, within(0.05));
    assertThat(result.value("lag_up", 0)).isCloseTo(RenderedCamera.DELAY, within(0.001));
    assertThat(result.refusals()).extracting(Refusal::key).contains("power_gain, power_offset");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> CameraFile.write(result, null, "a", "a scene", folder.resolve("a.yaml")))
        .withMessageContaining("the camera matrix is not known; expected a recording of a board");
    assertThat(folder.resolve("a.yaml")).doesNotExist();
  }

  @Test
  void shouldSayThatNoBoardWasFound() throws Exception {
    try (RenderedCamera camera = surface(0.25, 8, 1)) {
      assertThatExceptionOfType(CalibrationException.class)
          .isThrownBy(() -> Calibration.board(List.of(camera), CONFIG))
          .withMessageContaining("the board was not found in any of 8 frames; expected 6x5 squares");
    }
  }

  @Test
  void shouldRefuseACameraFileOfAnotherSize() throws Exception {
    CameraCalibration other =
        new CameraCalibration(
            "other", 640, 480, CameraCalibration.DistortionModel.PLUMB_BOB, new double[0],
            new double[] {600, 0, 320, 0, 600, 240, 0, 0, 1},
            new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
            new double[] {600, 0, 320, 0, 0, 600, 240, 0, 0, 0, 1, 0},
            LensCalibration.DEFAULTS);
    try (RenderedCamera camera = surface(0.25, 8, 1)) {
      assertThatExceptionOfType(CalibrationException.class)
          .isThrownBy(() -> Calibration.scene(List.of(camera), CONFIG.withKnown(other)))
          .withMessageContaining("images of 320 x 240; expected 640 x 480");
    }
  }
}
