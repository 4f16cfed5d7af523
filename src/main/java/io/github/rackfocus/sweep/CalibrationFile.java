package io.github.rackfocus.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rackfocus.common.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a camera file: the YAML that camera_calibration writes, and beside its keys, where the lens
 * was calibrated, {@code power_gain}, {@code power_offset} and {@code depth_offset_m}. Keys that
 * are not known are left to others.
 */
public final class CalibrationFile {
  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_SIDE = 1 << 16;

  private CalibrationFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it can't be read or is not sound: one sentence with the file, the key,
   *     what was found and what was expected
   */
  public static CameraCalibration read(Path file) throws IOException {
    String text;
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new IOException(
            file + ": has " + bytes + " bytes; expected a camera file of at most " + MAX_BYTES);
      }
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": does not exist; expected a camera file", e);
    }
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static CameraCalibration parse(String yaml) {
    JsonNode root = tree(yaml);
    if (!root.isObject()) {
      throw new IllegalArgumentException(
          "holds no camera; expected image_width, image_height, camera_matrix, …");
    }
    double[] camera = matrix(root, "camera_matrix", 3, 3, null);
    double[] byCamera = {
      camera[0], camera[1], camera[2], 0, camera[3], camera[4], camera[5], 0, camera[6], camera[7],
      camera[8], 0
    };
    return new CameraCalibration(
        root.path("camera_name").asText(""),
        side(root, "image_width"),
        side(root, "image_height"),
        CameraCalibration.DistortionModel.of(root.path("distortion_model").asText("")),
        coefficients(root),
        camera,
        matrix(root, "rectification_matrix", 3, 3, new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}),
        matrix(root, "projection_matrix", 3, 4, byCamera),
        new LensCalibration(
            number(root, "power_gain", 1),
            number(root, "power_offset", 0),
            number(root, "depth_offset_m", 0)));
  }

  private static JsonNode tree(String yaml) {
    try {
      return new YAMLMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .readTree(yaml);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
      throw new IllegalArgumentException(
          where + "is no YAML (" + e.getOriginalMessage().lines().findFirst().orElse("") + ")", e);
    }
  }

  private static int side(JsonNode root, String key) {
    JsonNode value = root.path(key);
    if (!value.isIntegralNumber() || value.longValue() < 1 || value.longValue() > MAX_SIDE) {
      throw new IllegalArgumentException(
          key + " is " + shown(value) + "; expected 1 to " + MAX_SIDE + " pixels");
    }
    return value.intValue();
  }

  private static double number(JsonNode root, String key, double byDefault) {
    JsonNode value = root.path(key);
    if (value.isMissingNode()) {
      return byDefault;
    }
    if (!value.isNumber()) {
      throw new IllegalArgumentException(key + " is " + shown(value) + "; expected a number");
    }
    return value.doubleValue();
  }

  private static double[] coefficients(JsonNode root) {
    JsonNode data = root.path("distortion_coefficients").path("data");
    return data.isMissingNode() ? new double[0] : numbers("distortion_coefficients", data);
  }

  private static double[] matrix(
      JsonNode root,
      String key,
      int rows,
      int columns,
      double @org.jspecify.annotations.Nullable [] byDefault) {
    JsonNode data = root.path(key).path("data");
    if (data.isMissingNode() && byDefault != null) {
      return byDefault;
    }
    double[] numbers = numbers(key, data);
    if (numbers.length != rows * columns) {
      throw new IllegalArgumentException(
          key + " has " + numbers.length + " numbers; expected " + rows + " x " + columns);
    }
    return numbers;
  }

  private static double[] numbers(String key, JsonNode data) {
    if (!data.isArray() || data.size() > 16) {
      throw new IllegalArgumentException(
          key + ".data is " + shown(data) + "; expected a list of numbers");
    }
    double[] numbers = new double[data.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!data.get(i).isNumber()) {
        throw new IllegalArgumentException(
            key
                + ".data has "
                + shown(data.get(i))
                + " as number "
                + (i + 1)
                + "; expected a number");
      }
      numbers[i] = data.get(i).doubleValue();
    }
    return numbers;
  }

  private static String shown(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "missing";
    }
    return PrintableText.of(value.toString(), 60);
  }
}
