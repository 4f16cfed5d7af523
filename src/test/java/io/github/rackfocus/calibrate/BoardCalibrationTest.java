package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** From images of a board to a camera file. */
class BoardCalibrationTest {
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
  void shouldFindCornersWhereTheyAre() {
    // A square's edge is between two pixels, whose centres are whole numbers.
    Mat picture = BoardPrinter.render(BOARD, 2, 20);
    Imgproc.GaussianBlur(picture, picture, new Size(0, 0), 0.7);
    BoardDetector detector = new BoardDetector(BOARD);
    assertThat(detector.detect(picture)).isTrue();
    picture.release();
    int[] corners = detector.corners();
    assertThat(corners).hasSize(20);
    for (int i = 0; i < corners.length; i++) {
      double x = (1000 * BOARD.cornerX(corners[i]) + 20) * 2 - 0.5;
      double y = (1000 * BOARD.cornerY(corners[i]) + 20) * 2 - 0.5;
      assertThat(detector.pixels()[2 * i]).isCloseTo(x, within(0.02));
      assertThat(detector.pixels()[2 * i + 1]).isCloseTo(y, within(0.02));
    }
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
    assertThat(Files.readString(file))
        .contains("power_gain_sigma:", "# clock_offset is not estimated");

    Path report = folder.resolve("report.html");
    HtmlReport.write(result, LensCalibration.DEFAULTS, "Calibration of wrist", report);
    assertThat(Files.readString(report)).contains("<svg", "Depth before and after", "power_gain");
  }

  @Test
  void shouldSayThatTheBoardMoves() throws Exception {
    // Every frame from another place: five pixels of the image between two.
    List<double[]> poses = new ArrayList<>();
    for (int frame = 0; frame < 24; frame++) {
      poses.add(new double[] {0, 0, 0, -0.15 + 0.005 * frame, -0.075, 0.25});
    }
    Mat picture = BoardPrinter.render(BOARD, 2, 20);
    try (RenderedCamera camera = new RenderedCamera(picture, 2000, 0.02, poses, 1, 1)) {
      assertThatExceptionOfType(CalibrationException.class)
          .isThrownBy(() -> Calibration.board(List.of(camera), CONFIG))
          .withMessageContaining("motion too fast: in")
          .withMessageContaining("hold it still, on a stand, for two sweeps a place");
    }
  }
}
