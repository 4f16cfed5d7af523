package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/** From images of planes and scenes to a law of focus and to breathing. */
class CalibrationTest {
  private static final BoardConfig BOARD = new BoardConfig(6, 5, 30, 22, "4x4_50");
  private static final CalibrationConfig CONFIG =
      CalibrationConfig.DEFAULTS.withBoard(BOARD).withReferenceFocus(RenderedCamera.REFERENCE);

  @TempDir Path folder;

  @BeforeAll
  static void loadOpenCv() {
    NativeLibraries.loadOpenCv();
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
        .isThrownBy(() -> CameraFile.write(result, null, "a", "a scene", folder.resolve("a.yaml")))
        .withMessageContaining("the camera matrix is not known; expected a recording of a board");
    assertThat(folder.resolve("a.yaml")).doesNotExist();
  }

  @Test
  void shouldSayThatNoBoardWasFound() throws Exception {
    try (RenderedCamera camera = surface(0.25, 8, 1)) {
      assertThatExceptionOfType(CalibrationException.class)
          .isThrownBy(() -> Calibration.board(List.of(camera), CONFIG))
          .withMessageContaining(
              "the board was not found in any of 8 frames; expected 6x5 squares");
    }
  }

  @Test
  void shouldRefuseACameraFileOfAnotherSize() throws Exception {
    CameraCalibration other =
        new CameraCalibration(
            "other",
            640,
            480,
            CameraCalibration.DistortionModel.PLUMB_BOB,
            new double[0],
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
