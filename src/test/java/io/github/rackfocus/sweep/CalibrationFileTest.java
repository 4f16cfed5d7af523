package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.common.NativeLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

class CalibrationFileTest {
  /** As camera_calibration writes it, with the lens's lines below. */
  private static final String FILE =
      """
      image_width: 640
      image_height: 480
      camera_name: wrist
      camera_matrix:
        rows: 3
        cols: 3
        data: [700.5, 0., 320.25, 0., 701.5, 240.75, 0., 0., 1.]
      distortion_model: plumb_bob
      distortion_coefficients:
        rows: 1
        cols: 5
        data: [-0.25, 0.1, 0.001, -0.0005, 0.0]
      rectification_matrix:
        rows: 3
        cols: 3
        data: [1., 0., 0., 0., 1., 0., 0., 0., 1.]
      projection_matrix:
        rows: 3
        cols: 4
        data: [650., 0., 321., 0., 0., 652., 241., 0., 0., 0., 1., 0.]
      power_gain: 0.98
      power_offset: 1.5
      depth_offset_m: -0.012
      """;

  @TempDir Path folder;

  @BeforeAll
  static void loadOpenCv() {
    NativeLibraries.loadOpenCv();
  }

  private CameraCalibration read(String text) throws IOException {
    return CalibrationFile.read(Files.writeString(folder.resolve("camera.yaml"), text));
  }

  @Test
  void shouldReadWhatCameraCalibrationWrites() throws Exception {
    CameraCalibration camera = read(FILE);
    assertThat(camera.width()).isEqualTo(640);
    assertThat(camera.height()).isEqualTo(480);
    assertThat(camera.cameraName()).isEqualTo("wrist");
    assertThat(camera.camera()[4]).isEqualTo(701.5);
    assertThat(camera.distortion()).hasSize(5).startsWith(-0.25);
    assertThat(camera.projection(0, 2)).isEqualTo(321);
    assertThat(camera.changesImages()).isTrue();
    assertThat(camera.lens()).isEqualTo(new LensCalibration(0.98, 1.5, -0.012));
    assertThat(camera.sha256()).matches("[0-9a-f]{64}");
  }

  @Test
  void shouldFillInWhatIsLeftOut() throws Exception {
    String least = FILE.substring(0, FILE.indexOf("distortion_model"));
    CameraCalibration camera = read(least);
    assertThat(camera.distortion()).isEmpty();
    assertThat(camera.rectifiedCamera()).isEqualTo(camera.camera());
    assertThat(camera.changesImages()).isFalse();
    assertThat(camera.lens()).isEqualTo(LensCalibration.DEFAULTS);
  }

  @Test
  void shouldHashNumbersAndNotTheirSpelling() throws Exception {
    String sha = read(FILE).sha256();
    assertThat(read("# a comment\n" + FILE.replace("650.,", "650.000,")).sha256()).isEqualTo(sha);
    assertThat(read(FILE.replace("650.,", "650.001,")).sha256()).isNotEqualTo(sha);
    assertThat(read(FILE.replace("0.98", "0.99")).sha256()).isNotEqualTo(sha);
  }

  private static final String LENS =
      """
      reference_focus: 5.5
      breathing:
        scale_per_dioptre: 0.004
        scale_per_dioptre_sigma: 0.0001
        shift_x_per_dioptre: 0.25
        shift_y_per_dioptre: -0.5
      lag_up: 0.004
      lag_up_sigma: 0.0002
      lag_down: 0.006
      clock_offset: -0.012
      hysteresis: 0.03
      temperature_coefficient: -0.01
      reference_temperature: 30
      """;

  @Test
  void shouldReadALensInFull() throws Exception {
    LensCalibration lens = read(FILE + LENS).lens();
    assertThat(lens.breathing())
        .isEqualTo(new LensBreathing(5.5, 0.004, 0, 0.25, -0.5, 320.25, 240.75));
    assertThat(lens.timing()).isEqualTo(new LensTiming(0.004, 0.006, -0.012, 0.03));
    assertThat(lens.drift()).isEqualTo(new LensDrift(-0.01, 30));
  }

  @Test
  void shouldHashTheLensOnlyWhereItDiffersFromTheDefaults() throws Exception {
    String sha = read(FILE).sha256();
    assertThat(read(FILE + "lag_up: 0\nlag_down: 0.0\nreference_temperature: 30\n").sha256())
        .isEqualTo(sha);
    assertThat(read(FILE + "lag_up_sigma: 0.1\n").sha256()).isEqualTo(sha);
    for (String line : LENS.lines().filter(each -> !each.contains("sigma")).toList()) {
      String number = line.replaceAll(".*: ?", "");
      if (!number.isEmpty()) {
        assertThat(
                read(FILE
                        + LENS.replace(
                            line,
                            line.replace(number, number + (number.contains(".") ? "01" : ".5"))))
                    .sha256())
            .as(line)
            .isNotIn(sha, read(FILE + LENS).sha256());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lag_up: 0.004 | lag_upp: 0.004 | lag_upp is not a key of a camera file; expected one of",
        "scale_per_dioptre: 0.004 | scale: 0.004 | breathing.scale is not a key of a camera file",
        "lag_up: 0.004 | lag_up: 20 | lag_up is 20.0; expected -10.0 to 10.0 s",
        "lag_up_sigma: 0.0002 | lag_up_sigma: -1 | lag_up_sigma is -1; expected 0 to",
        "scale_per_dioptre: 0.004 | scale_per_dioptre: 4 | breathing.scale_per_dioptre is 4.0; expected",
        "reference_focus: 5.5 | lag_down_sigma: 0 | reference_focus is missing; expected it beside"
      })
  void shouldSayWhatIsWrongWithALens(String from, String to, String sentence) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read(FILE + LENS.replace(from, to)))
        .withMessageStartingWith(folder.resolve("camera.yaml") + ": ")
        .withMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image_width: 640 | image_width: 0 | image_width is 0; expected an integer from 1 to 65536",
        "image_width: 640 | image_width: wide | expected an integer from 1 to 65536",
        "image_height: 480 | height: 480 | image_height is missing; expected",
        "data: [700.5, 0., | data: [ | camera_matrix.data is a list of 7; expected 3 x 3, as rows",
        "700.5 | .nan | not valid YAML (Malformed numeric value '.nan')",
        "700.5 | -700.5 | camera_matrix has focal lengths -700.5 and 701.5; expected more",
        "700.5 | x | expected a number",
        "701.5, 240.75, 0., 0., 1. | 701.5, 240.75, 0., 0., 0. | camera_matrix is [700.5, 0.0,",
        "700.5, 0., 320 | 700.5, 12., 320 | expected [fx 0 cx, 0 fy cy, 0 0 1] without skew",
        "700.5, 0., 320.25, 0., 701.5, 240.75, 0., 0., 1. | 0, 0, 0, 0, 0, 0, 0, 0, 0 | camera_matrix is all zeros, as of a camera that is not calibrated; expected a calibration",
        "data: [1., 0., 0., 0., 1., 0., 0., 0., 1.] | data: [0, 0, 0, 0, 0, 0, 0, 0, 0] | rectification_matrix is all zeros",
        "data: [1., 0., 0., 0., 1., 0., 0., 0., 1.] | data: [.5, 0, 0, 0, .5, 0, 0, 0, .5] | rectification_matrix is not a rotation (its determinant is 0.125); expected one, which for a single",
        "data: [1., 0., 0., 0., 1., 0., 0., 0., 1.] | data: [-1, 0, 0, 0, 1, 0, 0, 0, 1] | rectification_matrix is not a rotation (its determinant is -1.0)",
        "data: [1., 0., 0., 0., 1., 0., 0., 0., 1.] | data: [1, 0, 0, 0, -1, 0, 0, 0, -1] | show less than a quarter of the camera's image of 640 x 480",
        "650., 0., 321., 0., 0., 652., 241., 0., 0., 0., 1., 0. | 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 | projection_matrix is all zeros",
        "241., 0., 0., 0., 1., 0. | 241., 0., 0., 1., 0., 0. | expected [fx 0 cx Tx, 0 fy cy Ty, 0 0 1 0]",
        "650., 0., 321. | 650., 0., 3210. | show less than a quarter of the camera's image",
        "320.25, 0., 701.5, 240.75 | 80, 0., 701.5, 60 | principal point at 80.0, 60.0 in an image of 640 x 480; expected it near the middle",
        "320.25, 0., 701.5, 240.75 | 640, 0., 701.5, 480 | principal point at 640.0, 480.0",
        "-0.25, 0.1, | 250, 100, | distortion_coefficients show less than a quarter of the camera's",
        "320.25, | -20, | principal point at -20.0, 240.75",
        "cols: 5 | cols: 4 | distortion_coefficients.data is a list of 5; expected 1 x 4, as rows and",
        "-0.25, 0.1, | 1, 1, 1, 1, 1, -0.25, 0.1, | distortion_coefficients",
        "plumb_bob | rational_polynomial | distortion_coefficients are 5; expected 8 to 14",
        "plumb_bob | prism | distortion_model is 'prism'; expected one of plumb_bob,",
        "-0.25, 0.1, 0.001, | -0.25, | distortion_coefficients.data is a list of 3; expected 1 x 5, as",
        "power_gain: 0.98 | power_gain: 0 | power_gain is 0.0; expected a finite number other",
        "depth_offset_m: -0.012 | depth_offset_m: 50 | depth_offset_m is 50.0; expected -10 to 10",
        "camera_name: wrist | camera_name: [ | not valid YAML",
        "camera_name: wrist | image_width: 3 | line"
      })
  void shouldSayWhatIsWrong(String from, String to, String sentence) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read(FILE.replace(from, to)))
        .withMessageStartingWith(folder.resolve("camera.yaml") + ": ")
        .withMessageContaining(sentence);
  }

  /** Numbers with few digits, a rectified pair of cameras, a principal point off the middle. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: [1., 0., 0., 0., 1., 0., 0., 0., 1.] | data: [.9998, .0175, 0, -.0175, .9998, 0, 0, 0, 1]",
        "650., 0., 321., 0., | 650., 0., 321., -39.,",
        "320.25, | 220.,",
        "240.75, | 300.,"
      })
  void shouldAcceptWhatRealCamerasHave(String from, String to) throws Exception {
    assertThat(FILE).contains(from);
    assertThat(read(FILE.replace(from, to)).changesImages()).isTrue();
  }

  @Test
  void shouldRefuseFilesThatAreNone() throws Exception {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("%YAML:1.0\n---\nimage_width: 640\n"))
        .withMessageContaining("is written by OpenCV's FileStorage (%YAML:1.0); expected the YAML");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CalibrationFile.read(folder.resolve("none.yaml")))
        .withMessageContaining("does not exist; expected a camera file");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("x".repeat((1 << 20) + 1)))
        .withMessageContaining("has 1048577 bytes");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read("just text"))
        .withMessageContaining("expected an object");
  }

  /**
   * Where a pixel of the rectified image comes from, by the equations of REP 104 written out here.
   */
  @Test
  void shouldTakeTheDistortionOut() throws Exception {
    CameraCalibration camera = read(FILE);
    Mat from = new Mat(480, 640, CvType.CV_8UC1);
    Mat to = new Mat(480, 640, CvType.CV_8UC1);
    byte[] ramp = new byte[640 * 480];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i % 640 / 3);
    }
    try (FrameRectifier rectifier = new FrameRectifier(camera)) {
      from.put(0, 0, ramp);
      rectifier.rectify(from, to);
      byte[] pixel = new byte[1];
      for (int[] at : new int[][] {{320, 240}, {100, 100}, {560, 400}, {40, 430}}) {
        to.get(at[1], at[0], pixel);
        double x = (at[0] - 321) / 650.0;
        double y = (at[1] - 241) / 652.0;
        double square = x * x + y * y;
        double radial = 1 - 0.25 * square + 0.1 * square * square;
        double distorted = x * radial + 2 * 0.001 * x * y - 0.0005 * (square + 2 * x * x);
        double column = 700.5 * distorted + 320.25;
        assertThat(pixel[0] & 0xff).isCloseTo((int) (column / 3), within(1));
      }
    } finally {
      from.release();
      to.release();
    }
  }

  @Test
  void shouldRectifyFisheyes() throws Exception {
    String fisheye =
        FILE.replace("plumb_bob", "equidistant")
            .replace("cols: 5", "cols: 4")
            .replace("[-0.25, 0.1, 0.001, -0.0005, 0.0]", "[0.1, 0.02, 0.0, 0.0]");
    Mat from = new Mat(480, 640, CvType.CV_8UC1);
    Mat to = new Mat(480, 640, CvType.CV_8UC1);
    byte[] ramp = new byte[640 * 480];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i % 640 / 3);
    }
    try (FrameRectifier rectifier = new FrameRectifier(read(fisheye))) {
      from.put(0, 0, ramp);
      rectifier.rectify(from, to);
      byte[] pixel = new byte[1];
      to.get(300, 500, pixel);
      double x = (500 - 321) / 650.0;
      double y = (300 - 241) / 652.0;
      double r = Math.hypot(x, y);
      double theta = Math.atan(r);
      double distorted = theta * (1 + 0.1 * theta * theta + 0.02 * Math.pow(theta, 4));
      double column = 700.5 * x * distorted / r + 320.25;
      assertThat(pixel[0] & 0xff).isCloseTo((int) (column / 3), within(1));
    } finally {
      from.release();
      to.release();
    }
  }
}
