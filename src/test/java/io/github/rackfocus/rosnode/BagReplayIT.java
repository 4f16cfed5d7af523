package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.cli.AppRun;
import io.github.rackfocus.ros.RackfocusMessages;
import io.github.rackfocus.ros.RosLoopback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bags recorded by {@code rosbag record} from the same topics (uncompressed, bz2 and lz4), replayed
 * by {@code rackfocus replay} in separate JVMs; and the example lens bridge with real nodes.
 */
@Timeout(600)
class BagReplayIT {
  private static final Pattern DIGEST =
      Pattern.compile("digest of (\\d+) maps: (sha256:[0-9a-f]{64})");
  private static final String SCRIPT =
      Path.of("src/test/ros/sweep_frames.py").toAbsolutePath().toString();

  /** Frames sent by the script, without those of the first sweep except its last. */
  private static final int MAPS = 21;

  @TempDir static Path folder;
  private static RosLoopback ros;
  private static Path config;

  @BeforeAll
  static void record() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/rosbag")), "skipped: no rosbag");
    RackfocusMessages messages = RackfocusMessages.build();
    assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
    ros = new RosLoopback(folder);
    ros.environment().putAll(messages.environment());
    ros.environment()
        .put(
            "ROS_PACKAGE_PATH",
            Path.of("").toAbsolutePath()
                + ":"
                + messages.environment().getOrDefault("ROS_PACKAGE_PATH", "/usr/share"));
    ros.environment().put("JAVA_HOME", System.getProperty("java.home"));
    config =
        Files.writeString(
            folder.resolve("node.yaml"),
            "sweep: {planes: 10, farthest: 1, nearest: 10}\nlens: {maxWait: 2}\n");
    ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> !ros.run("rostopic", "list").contains("ERROR"));
    List<RosLoopback.Running> recorders = new ArrayList<>();
    for (String compression : new String[] {"", "--bz2", "--lz4"}) {
      List<String> command = new ArrayList<>(List.of("rosbag", "record"));
      if (!compression.isEmpty()) {
        command.add(compression);
      }
      command.addAll(
          List.of(
              "-O",
              folder.resolve("recorded" + compression + ".bag").toString(),
              "/cam/image_raw",
              "/cam/lens_state",
              "/cam/camera_info",
              "__name:=recorder" + compression.replace("-", "_")));
      recorders.add(ros.start("record", command.toArray(String[]::new)));
    }
    RosLoopback.Running publisher =
        ros.start("publish", "/usr/bin/python3", SCRIPT, "publish", "3");
    soon().until(() -> publisher.output().contains("PUBLISHED 30"));
    for (RosLoopback.Running recorder : recorders) {
      recorder.interrupt();
      assertThat(recorder.process().waitFor(30, TimeUnit.SECONDS)).as(recorder::output).isTrue();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  private record Replayed(int maps, String digest, String output) {}

  private static Replayed replay(Path bag, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("replay", bag.toString(), "--config", config.toString(), "--device", "cpu"));
    arguments.addAll(Arrays.asList(more));
    String output = AppRun.run(folder, arguments);
    Matcher digest = DIGEST.matcher(output);
    assertThat(digest.find()).as(output).isTrue();
    return new Replayed(Integer.parseInt(digest.group(1)), digest.group(2), output);
  }

  @Test
  void shouldGiveTheSameMapsOfTheSameFramesHoweverTheyArePacked() throws Exception {
    Path plain = folder.resolve("recorded.bag");
    assertThat(ros.run("rosbag", "info", plain.toString())).contains("30 msgs", "LensState");
    assertThat(ros.run("rosbag", "info", folder.resolve("recorded--lz4.bag").toString()))
        .contains("compression:  lz4");
    Replayed first = replay(plain);
    assertThat(first.maps()).as(first.output()).isEqualTo(MAPS);
    assertThat(replay(plain).digest()).isEqualTo(first.digest());
    assertThat(replay(folder.resolve("recorded--bz2.bag")).digest()).isEqualTo(first.digest());
    assertThat(replay(folder.resolve("recorded--lz4.bag")).digest()).isEqualTo(first.digest());

    Path png = folder.resolve("png.bag");
    ros.run("env", "/usr/bin/python3", SCRIPT, "write", png.toString(), "png");
    assertThat(replay(png).digest()).as("PNG loses nothing").isEqualTo(first.digest());
    Path jpeg = folder.resolve("jpeg.bag");
    ros.run("env", "/usr/bin/python3", SCRIPT, "write", jpeg.toString(), "jpeg");
    Replayed lossy = replay(jpeg);
    assertThat(lossy.maps()).isEqualTo(MAPS);
    assertThat(lossy.digest()).isNotEqualTo(first.digest());
  }

  /** The launched node with input and clock from rosbag play. */
  @Test
  void shouldTurnWhatRosbagPlaysIntoDepthByTheLaunchFile() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/roslaunch")), "skipped: no roslaunch");
    Path depths = folder.resolve("depths.bag");
    RosLoopback.Running recorder =
        ros.start(
            "record",
            "rosbag",
            "record",
            "-O",
            depths.toString(),
            "/depth/image_rect",
            "__name:=recorder_of_depth");
    soon()
        .until(
            () -> ros.run("rostopic", "info", "/depth/image_rect").contains("recorder_of_depth"));
    RosLoopback.Running launch;
    try {
      launch =
          ros.start(
              "roslaunch",
              "roslaunch",
              "rackfocus",
              "replay.launch",
              "bag:=" + folder.resolve("recorded.bag"),
              // 30 s: frames that come while a busy machine starts the node are lost. The readings
              // come as much later than their frames as the bag is slowed down: maxWait above.
              "rate:=0.025",
              "image:=/cam/image_raw",
              "camera_info:=/cam/camera_info",
              "lens_state:=/cam/lens_state",
              "config:=" + config,
              "device:=cpu",
              "publish_tf:=false");
      // It ends when the bag ends.
      assertThat(launch.process().waitFor(180, TimeUnit.SECONDS)).as(launch::output).isTrue();
      assertThat(launch.output()).contains("/rackfocus publishes depth", "/rackfocus has ended");
      recorder.interrupt();
      assertThat(recorder.process().waitFor(30, TimeUnit.SECONDS)).as(recorder::output).isTrue();
    } finally {
      ros.run("rosparam", "delete", "/use_sim_time");
    }
    String halves =
        ros.run("env", "/usr/bin/python3", "-B", "src/test/ros/depth_halves.py", depths.toString());
    Matcher found = Pattern.compile("HALVES (\\d+) (\\S+) (\\S+)").matcher(halves);
    assertThat(found.find()).as("%s%n%s", halves, launch.output()).isTrue();
    // In live mode frames are missed while the node warms up, and the last map.
    assertThat(Integer.parseInt(found.group(1))).isBetween(3, MAPS);
    // In focus at 3 and 8 dioptres; the planes are 1 dioptre apart.
    assertThat(1 / Double.parseDouble(found.group(2))).isBetween(2.5, 3.5);
    assertThat(1 / Double.parseDouble(found.group(3))).isBetween(7.5, 8.5);
  }

  @Test
  void shouldReplayWhatIsLeftOfABrokenOffBag() throws Exception {
    byte[] whole = Files.readAllBytes(folder.resolve("recorded.bag"));
    Path cut = folder.resolve("cut.bag");
    Files.write(cut, Arrays.copyOf(whole, whole.length * 3 / 4));
    Replayed replayed = replay(cut);
    assertThat(replayed.maps()).isBetween(5, MAPS - 1);
    assertThat(replayed.output()).contains("the bag is truncated");
    assertThat(replay(cut).digest()).isEqualTo(replayed.digest());
  }

  @Test
  void shouldHearTheExampleLensBridge() throws Exception {
    String bridge = Path.of("docs/examples/lens_bridge.py").toAbsolutePath().toString();
    RosLoopback.Running running =
        ros.start("bridge", "/usr/bin/python3", bridge, "_rate:=5", "_planes:=4");
    soon().until(() -> ros.run("rostopic", "list").contains("/lens_state"));
    String said = ros.run("rostopic", "echo", "-p", "-n", "60", "/lens_state");
    List<String[]> rows =
        said.lines().filter(line -> line.startsWith("1")).map(line -> line.split(",")).toList();
    assertThat(rows).as(said).hasSizeGreaterThanOrEqualTo(50);
    // Columns by rostopic: time, seq, stamp, frame, power, focus, temperature, settled, ids.
    assertThat(rows.stream().map(row -> row[9]).distinct())
        .containsExactlyInAnyOrder("0", "1", "2", "3");
    assertThat(rows.stream().filter(row -> row[7].equals("1")).count())
        .isGreaterThan(rows.size() / 2);
    for (String[] row : rows) {
      if (row[7].equals("1")) {
        double nominal = 1 / 0.6 + Integer.parseInt(row[9]) * (10 - 1 / 0.6) / 3;
        assertThat(Math.abs(Double.parseDouble(row[4]) - nominal)).isLessThan(0.05);
      }
    }
    running.interrupt();
    assertThat(running.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(running.process().exitValue()).isZero();
    assertThat(ros.run("env", "/usr/bin/python3", "-B", "src/test/ros/test_lens_bridge.py"))
        .contains("OK");
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(300));
  }
}
