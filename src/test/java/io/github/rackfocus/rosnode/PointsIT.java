package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.ros.RosLoopback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The node's points beside those of Debian's depth_image_proc, of the same depth images. */
@Timeout(200)
class PointsIT {
  private static final String NODELET = "/usr/lib/nodelet/nodelet";
  private static final Path PLUGINS = Path.of("/usr/share/depth_image_proc/nodelet_plugins.xml");

  @TempDir private Path folder;

  @Test
  void shouldBeThoseOfDepthImageProcPointByPoint() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    assumeTrue(Files.isExecutable(Path.of(NODELET)), "skipped: no libnodeletlib-tools");
    assumeTrue(Files.exists(PLUGINS), "skipped: no libdepth-image-proc-dev");
    try (RosLoopback ros = new RosLoopback(folder)) {
      ros.environment().put("ROS_PACKAGE_PATH", "/usr/share");
      ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(300))
          .until(() -> !ros.run("rostopic", "list").contains("ERROR"));
      RosLoopback.Running node = ros.startJava("points", PointsNode.class);
      RosLoopback.Running theirs =
          ros.start(
              "nodelet",
              NODELET,
              "standalone",
              "depth_image_proc/point_cloud_xyz",
              "image_rect:=/depth/image_rect",
              "points:=/proc/points");
      RosLoopback.Running compared =
          ros.start(
              "compare",
              "/usr/bin/python3",
              Path.of("src/test/ros/points_compare.py").toAbsolutePath().toString(),
              "5",
              "/depth/points",
              "/proc/points");
      assertThat(compared.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
      String said = compared.output() + node.output() + theirs.output();
      assertThat(compared.process().exitValue()).as(said).isZero();
      List<String[]> pairs =
          compared
              .output()
              .lines()
              .filter(line -> line.startsWith("POINTS "))
              .map(line -> line.split(" "))
              .toList();
      assertThat(pairs).as(said).hasSize(5);
      int pixels = PointsNode.WIDTH * PointsNode.HEIGHT;
      int invalid = (pixels + PointsNode.INVALID - 1) / PointsNode.INVALID;
      for (String[] pair : pairs) {
        assertThat(Integer.parseInt(pair[1])).isEqualTo(pixels - invalid);
        assertThat(Integer.parseInt(pair[2])).isEqualTo(invalid);
        // A few steps of single precision.
        assertThat(Double.parseDouble(pair[3])).as(said).isLessThan(5e-7);
      }
      System.out.println("points: largest difference relative to the depth " + pairs.get(0)[3]);
    }
  }
}
