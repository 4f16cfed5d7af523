package io.github.rackfocus.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import io.github.rackfocus.document.Section;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a camera file: the YAML that camera_calibration writes, plus the keys of a calibrated lens,
 * {@code power_gain}, {@code power_offset} and {@code depth_offset_m}. Unknown keys are ignored.
 */
public final class CalibrationFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_SIDE = 1 << 16;
  private static final int MAX_NUMBERS = 16;
  private static final String DATA = "data";
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

  private static CameraCalibration calibration(Section root) {
    int width = root.integer("image_width", 1, MAX_SIDE);
    int height = root.integer("image_height", 1, MAX_SIDE);
    double[] camera = matrix(root, "camera_matrix", 3, 3, null);
    double[] unrectified = {
      camera[0], camera[1], camera[2], 0, camera[3], camera[4], camera[5], 0, camera[6], camera[7],
      camera[8], 0
    };
    return new CameraCalibration(
        root.anyText("camera_name", ""),
        width,
        height,
        CameraCalibration.DistortionModel.of(root.anyText("distortion_model", "")),
        coefficients(root.section("distortion_coefficients")),
        camera,
        matrix(root, "rectification_matrix", 3, 3, IDENTITY.clone()),
        matrix(root, "projection_matrix", 3, 4, unrectified),
        new LensCalibration(
            root.number("power_gain", 1),
            root.number("power_offset", 0),
            root.number("depth_offset_m", 0)));
  }

  private static double[] coefficients(Section section) {
    return section.has(DATA) ? numbers(section) : new double[0];
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
    return numbers;
  }
}
