package io.github.rackfocus.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import io.github.rackfocus.document.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a camera file: the YAML that camera_calibration writes, plus the keys of a calibrated lens.
 * Each number of the lens may be followed by its standard error, {@code KEY_sigma}, which is
 * checked but not used. A key that is not known is an error.
 */
public final class CalibrationFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_SIDE = 1 << 16;
  private static final int MAX_NUMBERS = 16;
  private static final String DATA = "data";
  private static final String OPENCV = "%YAML:1.0";
  private static final double[] IDENTITY = {1, 0, 0, 0, 1, 0, 0, 0, 1};

  private CalibrationFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it can't be read or is invalid: one sentence with the file, the key,
   *     what was found and what was expected
   */
  public static CameraCalibration read(Path file) throws IOException {
    try {
      refuseFileStorage(file);
      JsonNode root = DocumentReader.YAML.read(file, MAX_BYTES);
      return calibration(Section.strict(file.toString(), root));
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": does not exist; expected a camera file", e);
    } catch (DocumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** OpenCV's own format begins with a directive that YAML does not know. */
  private static void refuseFileStorage(Path file) throws IOException {
    byte[] begin = new byte[OPENCV.length()];
    try (InputStream in = Files.newInputStream(file)) {
      in.readNBytes(begin, 0, begin.length);
    }
    if (new String(begin, StandardCharsets.ISO_8859_1).equals(OPENCV)) {
      throw new IOException(
          file
              + ": is written by OpenCV's FileStorage ("
              + OPENCV
              + "); expected the YAML that camera_calibration writes");
    }
  }

  private static CameraCalibration calibration(Section root) {
    int width = root.integer("image_width", 1, MAX_SIDE);
    int height = root.integer("image_height", 1, MAX_SIDE);
    double[] camera = matrix(root, "camera_matrix", 3, 3, null);
    double[] unrectified = {
      camera[0], camera[1], camera[2], 0, camera[3], camera[4], camera[5], 0, camera[6], camera[7],
      camera[8], 0
    };
    CameraCalibration result =
        new CameraCalibration(
                root.anyText("camera_name", ""),
                width,
                height,
                CameraCalibration.DistortionModel.of(root.anyText("distortion_model", "")),
                coefficients(root.section("distortion_coefficients")),
                camera,
                matrix(root, "rectification_matrix", 3, 3, IDENTITY.clone()),
                matrix(root, "projection_matrix", 3, 4, unrectified),
                lens(root, camera[2], camera[5]))
            .checkedAgainstSize();
    root.reportUnknownKeys("a key of a camera file");
    return result;
  }

  private static LensCalibration lens(Section root, double centreX, double centreY) {
    Section breathing = root.section("breathing");
    if (!breathing.keys().isEmpty() && !root.has("reference_focus")) {
      throw root.exception(
          "reference_focus is missing; expected it beside breathing, in dioptres: the focus at which"
              + " camera_matrix holds");
    }
    return new LensCalibration(
        value(root, "power_gain", 1),
        value(root, "power_offset", 0),
        value(root, "depth_offset_m", 0),
        breathing(root, breathing, centreX, centreY),
        new LensTiming(
            value(root, "lag_up", 0),
            value(root, "lag_down", 0),
            value(root, "clock_offset", 0),
            value(root, "hysteresis", 0)),
        new LensDrift(
            value(root, "temperature_coefficient", 0),
            root.number("reference_temperature", LensDrift.NONE.referenceCelsius())));
  }

  private static LensBreathing breathing(
      Section root, Section section, double centreX, double centreY) {
    double reference = root.number("reference_focus", 0);
    double scale = value(section, "scale_per_dioptre", 0);
    double square = value(section, "scale_per_squared_dioptre", 0);
    double shiftX = value(section, "shift_x_per_dioptre", 0);
    double shiftY = value(section, "shift_y_per_dioptre", 0);
    return root.has("reference_focus")
        ? new LensBreathing(reference, scale, square, shiftX, shiftY, centreX, centreY)
        : LensBreathing.NONE;
  }

  /** Reads a number and checks its standard error, which is there for people. */
  private static double value(Section section, String key, double defaultValue) {
    section.number(key + "_sigma", 0, 0, Double.MAX_VALUE, "in the unit of " + key);
    return section.number(key, defaultValue);
  }

  private static double[] coefficients(Section section) {
    if (section.has(DATA)) {
      return numbers(section);
    }
    section.ignore("rows", "cols", "dt");
    return new double[0];
  }

  private static double[] matrix(
      Section root, String key, int rows, int columns, double @Nullable [] defaultValue) {
    Section section = defaultValue == null ? root.requiredSection(key) : root.section(key);
    if (defaultValue != null && !section.has(DATA)) {
      return defaultValue;
    }
    double[] numbers = numbers(section);
    if (numbers.length != rows * columns) {
      throw root.exception(
          key + " has " + numbers.length + " numbers; expected " + rows + " x " + columns);
    }
    return numbers;
  }

  private static double[] numbers(Section section) {
    section.ignore("dt");
    String expected = "a list of at most " + MAX_NUMBERS + " numbers";
    List<JsonNode> values = section.elements(DATA, expected);
    if (values.size() > MAX_NUMBERS) {
      throw section.exception(DATA, "a list of " + values.size(), expected);
    }
    double[] numbers = new double[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode value = values.get(i);
      if (!value.isNumber()) {
        throw section.exception(DATA + "[" + i + "]", Section.shown(value), "a number");
      }
      numbers[i] = value.doubleValue();
    }
    if (section.has("rows") && section.has("cols")) {
      int rows = section.integer("rows", 0, MAX_NUMBERS);
      int columns = section.integer("cols", 0, MAX_NUMBERS);
      if (rows * columns != values.size()) {
        throw section.exception(
            DATA, "a list of " + values.size(), rows + " x " + columns + ", as rows and cols say");
      }
    }
    section.ignore("rows", "cols");
    return numbers;
  }
}
