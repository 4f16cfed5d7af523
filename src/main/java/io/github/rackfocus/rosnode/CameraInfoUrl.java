package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.RosPackages;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resolves the URL of a camera file, in the forms that camera_info_manager accepts. */
final class CameraInfoUrl {
  private static final String EXPECTED =
      "; expected file:///FOLDER/FILE.yaml or package://PACKAGE/FILE.yaml";

  private static final String ROS_HOME = "${ROS_HOME}";

  private CameraInfoUrl() {}

  /**
   * Reads the camera file.
   *
   * @param url empty if there is none
   * @param environment for ROS_PACKAGE_PATH and {@code ${ROS_HOME}}
   * @return null without a URL: the calibration comes from the topic {@code camera_info} then
   * @throws IOException if the URL cannot be resolved or the file is invalid
   */
  static @Nullable CameraCalibration read(String url, Map<String, String> environment)
      throws IOException {
    return url.isEmpty() ? null : CalibrationFile.read(path(url, environment));
  }

  static Path path(String url, Map<String, String> environment) throws IOException {
    String plain = url.contains(ROS_HOME) ? url.replace(ROS_HOME, home(url, environment)) : url;
    if (plain.startsWith("file:///")) {
      return Path.of(plain.substring("file://".length()));
    }
    if (plain.startsWith("package://")) {
      String rest = plain.substring("package://".length());
      int slash = rest.indexOf('/');
      if (slash > 0 && slash + 1 < rest.length()) {
        return RosPackages.find(rest.substring(0, slash), environment)
            .resolve(rest.substring(slash + 1));
      }
    }
    throw new IOException("cameraInfoUrl is '" + url + "'" + EXPECTED);
  }

  private static String home(String url, Map<String, String> environment) throws IOException {
    String chosen = environment.getOrDefault("ROS_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (chosen.isEmpty() && home.isEmpty()) {
      throw new IOException(
          "cameraInfoUrl is '"
              + url
              + "', but neither ROS_HOME nor HOME is set; expected one of them");
    }
    return chosen.isEmpty() ? home + "/.ros" : chosen;
  }
}
