package io.github.rackfocus.ros;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The messages of {@code rackfocus_msgs} as catkin builds them for C++ and Python, for integration
 * tests whose peers are real ROS programs: built once into {@code target/ros-messages}.
 *
 * <pre>{@code
 * RackfocusMessages messages = RackfocusMessages.build();
 * assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
 * ros = new RosLoopback(folder);
 * ros.environment().putAll(messages.environment());
 * ros.run("rostopic", "echo", "-n1", "/rackfocus/depth/info");
 * }</pre>
 *
 * @param prefix where they are installed: include/, lib/python3/dist-packages/, share/
 * @param missing the tool that is missing to build them, or ""
 */
public record RackfocusMessages(Path prefix, String missing) {
  private static final int SKIPPED = 77;

  /**
   * @throws IOException if the build fails although all tools are installed
   */
  public static RackfocusMessages build() throws IOException, InterruptedException {
    Path script = Path.of("src/test/ros/build-messages.sh").toAbsolutePath();
    Process process = new ProcessBuilder(script.toString()).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status == 0) {
      return new RackfocusMessages(Path.of(said), "");
    }
    if (status == SKIPPED) {
      return new RackfocusMessages(Path.of(""), said);
    }
    throw new IOException("rackfocus_msgs does not build: " + said);
  }

  /** Returns the environment for rospy, rostopic, rosmsg and rosbag to find them. */
  public Map<String, String> environment() {
    return Map.of(
        "PYTHONPATH", prefix.resolve("lib/python3/dist-packages").toString(),
        "ROS_PACKAGE_PATH", prefix.resolve("share") + ":/usr/share",
        "CMAKE_PREFIX_PATH", prefix.toString());
  }
}
