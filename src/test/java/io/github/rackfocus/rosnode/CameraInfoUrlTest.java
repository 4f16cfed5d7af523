package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CameraInfoUrlTest {
  @TempDir Path folder;

  @Test
  void shouldFindFiles() throws Exception {
    assertThat(CameraInfoUrl.path("file:///etc/camera.yaml", Map.of()))
        .isEqualTo(Path.of("/etc/camera.yaml"));
    assertThat(
            CameraInfoUrl.path(
                "file://${ROS_HOME}/camera_info/wrist.yaml", Map.of("ROS_HOME", "/home/arm/.ros")))
        .isEqualTo(Path.of("/home/arm/.ros/camera_info/wrist.yaml"));
    assertThat(CameraInfoUrl.path("file://${ROS_HOME}/wrist.yaml", Map.of("HOME", "/home/arm")))
        .isEqualTo(Path.of("/home/arm/.ros/wrist.yaml"));
  }

  /** As in a container whose user has no home: /.ros is nobody's. */
  @Test
  void shouldNotInventAHome() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CameraInfoUrl.path("file://${ROS_HOME}/wrist.yaml", Map.of()))
        .withMessageContaining("neither ROS_HOME nor HOME is set");
  }

  @Test
  void shouldFindFilesOfPackages() throws Exception {
    Path nested = Files.createDirectories(folder.resolve("ws/src/group/arm_cameras"));
    Files.writeString(
        nested.resolve("package.xml"), "<package><name> arm_cameras </name></package>");
    Path ignored = Files.createDirectories(folder.resolve("ws/src/old/arm_cameras"));
    Files.writeString(
        ignored.resolve("package.xml"), "<package><name>arm_cameras</name></package>");
    Files.writeString(folder.resolve("ws/src/old/CATKIN_IGNORE"), "");
    Map<String, String> environment =
        Map.of("ROS_PACKAGE_PATH", folder.resolve("none") + ":" + folder.resolve("ws"));
    assertThat(CameraInfoUrl.path("package://arm_cameras/config/wrist.yaml", environment))
        .isEqualTo(nested.resolve("config/wrist.yaml"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CameraInfoUrl.path("package://leg_cameras/x.yaml", environment))
        .withMessageContaining("no package 'leg_cameras' on ROS_PACKAGE_PATH");
  }

  @Test
  void shouldRefuseOtherUrls() {
    for (String url :
        new String[] {"camera.yaml", "http://x/y.yaml", "file://host/x", "package://x", ""}) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> CameraInfoUrl.path(url, Map.of()))
          .withMessage(
              "cameraInfoUrl is '%s'; expected file:///FOLDER/FILE.yaml or"
                  + " package://PACKAGE/FILE.yaml",
              url);
    }
  }
}
