package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.RackfocusMessages;
import io.github.rackfocus.ros.RosLoopback;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node from a plain checkout among Debian's ROS 1: launched, looked at, received, recorded,
 * killed and brought back. One launch serves the first tests, so that they come in order.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RosNodeIT {
  private static final Path HOME = Path.of("").toAbsolutePath();
  private static final Path PEERS = HOME.resolve("src/test/ros");
  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;
  private static final Map<String, String> TOPICS = new TreeMap<>();

  static {
    for (String image :
        List.of("depth", "uncertainty", "confidence", "validity", "age", "allfocus")) {
      TOPICS.put("/" + image + "/image_rect", "sensor_msgs/Image");
    }
    TOPICS.put("/depth/image_rect_raw", "sensor_msgs/Image");
    TOPICS.put("/depth/image_rect/compressedDepth", "sensor_msgs/CompressedImage");
    TOPICS.put("/depth/camera_info", "sensor_msgs/CameraInfo");
    TOPICS.put("/depth/points", "sensor_msgs/PointCloud2");
    TOPICS.put("/depth/info", "rackfocus_msgs/DepthInfo");
    TOPICS.put("/diagnostics", "diagnostic_msgs/DiagnosticArray");
  }

  @TempDir private static Path folder;
  private static RosLoopback ros;
  private static RosLoopback.Running master;
  private static RosLoopback.Running launch;

  @BeforeAll
  static void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    for (String tool : List.of("roslaunch", "rosbag", "rosnode")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", tool)), "skipped: no " + tool);
    }
    RackfocusMessages messages = RackfocusMessages.build();
    assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
    ros = new RosLoopback(folder);
    ros.environment().putAll(messages.environment());
    ros.environment()
        .put(
            "ROS_PACKAGE_PATH",
            HOME + ":" + messages.environment().getOrDefault("ROS_PACKAGE_PATH", "/usr/share"));
    ros.environment().put("JAVA_HOME", System.getProperty("java.home"));
    master = ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> !ros.run("rosnode", "list").contains("ERROR"));
    launch =
        ros.start(
            "roslaunch",
            "roslaunch",
            "rackfocus",
            "simulated.launch",
            "width:=" + WIDTH,
            "height:=" + HEIGHT,
            "publish_tf:=" + Files.exists(Path.of("/usr/share/tf2_ros/package.xml")),
            "respawn:=true");
    soon().until(() -> launch.output().contains("/rackfocus publishes depth"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  @Test
  @Order(1)
  void shouldShowEveryTopicToTheToolsOfRos() throws Exception {
    soon().until(() -> ros.run("rostopic", "list").lines().toList().containsAll(TOPICS.keySet()));
    Map<String, RosLoopback.Running> echoes = new TreeMap<>();
    for (String topic : TOPICS.keySet()) {
      echoes.put(topic, ros.start("echo", "rostopic", "echo", "-n1", "--noarr", topic));
    }
    RosLoopback.Running diagnostics =
        ros.start("echo", "rostopic", "echo", "-n1", "/diagnostics/status");
    for (Map.Entry<String, RosLoopback.Running> echo : echoes.entrySet()) {
      assertThat(echo.getValue().process().waitFor(60, TimeUnit.SECONDS))
          .as(echo.getKey())
          .isTrue();
    }
    String size = "height: " + HEIGHT + "\nwidth: " + WIDTH + "\n";
    assertThat(echoes.get("/depth/image_rect").output())
        .contains("frame_id: \"camera_optical_frame\"", size, "encoding: \"32FC1\"", "step: 640");
    assertThat(echoes.get("/depth/image_rect_raw").output())
        .contains(size, "encoding: \"16UC1\"", "step: 320");
    assertThat(echoes.get("/uncertainty/image_rect").output()).contains("\"32FC1\"");
    assertThat(echoes.get("/age/image_rect").output()).contains("\"32FC1\"");
    for (String mono : List.of("confidence", "validity", "allfocus")) {
      assertThat(echoes.get("/" + mono + "/image_rect").output()).contains(size, "\"mono8\"");
    }
    assertThat(echoes.get("/depth/image_rect/compressedDepth").output())
        .contains("format: \"32FC1; compressedDepth png\"");
    assertThat(echoes.get("/depth/points").output())
        .contains(size, "PointField, length: 5", "point_step: 20", "is_dense: False");
    assertThat(echoes.get("/depth/camera_info").output())
        .contains("frame_id: \"camera_optical_frame\"", "distortion_model: \"plumb_bob\"");
    assertThat(echoes.get("/depth/info").output())
        .contains("model: \"proximal\"", "execution_provider: \"CPU\"", "planes_missing: 0");
    assertThat(echoes.get("/diagnostics").output()).contains("diagnostic_msgs/DiagnosticStatus");
    assertThat(diagnostics.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(diagnostics.output())
        .contains("rackfocus: depth", "latency p99 (ms)", "sha256", "lens temperature");
    RosLoopback.Running rate = ros.start("hz", "rostopic", "hz", "/depth/image_rect");
    soon().until(() -> rate.output().contains("average rate: "));
    rate.interrupt();
  }

  @Test
  @Order(2)
  void shouldTellWhoPublishesWhat() throws Exception {
    assertThat(ros.run("rostopic", "info", "/depth/info"))
        .contains("Type: rackfocus_msgs/DepthInfo", "* /rackfocus (http://127.0.0.1:");
    String info = ros.run("rosnode", "info", "/rackfocus");
    TOPICS.forEach((topic, type) -> assertThat(info).contains("* " + topic + " [" + type + "]"));
    assertThat(info)
        .contains("* /rackfocus/enable", "* /rackfocus/reset", "* /rackfocus/get_loggers");
    assertThat(ros.run("rosnode", "ping", "-c", "2", "/rackfocus")).contains("ping average");
  }

  @Test
  @Order(3)
  void shouldServeEnableAndReset() throws Exception {
    RosLoopback.Running models = ros.start("echo", "rostopic", "echo", "/depth/info/model");
    soon().until(() -> maps(models) > 0);
    assertThat(ros.run("rosservice", "call", "/rackfocus/enable", "false"))
        .contains("success: True", "depth is not computed");
    // The subscriber stays connected, and nothing more comes.
    AtomicLong last = new AtomicLong(-1);
    soon()
        .during(Duration.ofSeconds(4))
        .until(() -> maps(models), count -> count == last.getAndSet(count));
    long disabled = maps(models);
    assertThat(ros.run("rosservice", "call", "/rackfocus/capture"))
        .contains("success: True", "of 10 planes", "after the call");
    soon().during(Duration.ofSeconds(2)).until(() -> maps(models), is -> is == disabled + 1);
    assertThat(ros.run("rosservice", "call", "/rackfocus/enable", "true"))
        .contains("success: True", "depth is computed");
    soon().until(() -> maps(models) > disabled + 1);
    assertThat(ros.run("rosservice", "call", "/rackfocus/reset"))
        .contains("success: True", "emptied");
    // More than may have been on their way.
    long enough = maps(models) + 5;
    soon().until(() -> maps(models) > enough);
    models.interrupt();
  }

  /** By the library behind rqt_reconfigure. */
  @Test
  @Order(4)
  void shouldChangeParametersWhileItRuns() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/dynamic_reconfigure")),
        "skipped: no python3-dynamic-reconfigure");
    RosLoopback.Running client =
        ros.start(
            "reconfigure",
            "/usr/bin/python3",
            "-B",
            PEERS.resolve("reconfigure.py").toString(),
            "/rackfocus");
    assertThat(client.process().waitFor(120, TimeUnit.SECONDS)).as(client::output).isTrue();
    assertThat(client.output())
        .contains(
            "DESCRIBED ['beyond_margin', 'deadline_millis', 'every_nth', 'filter', 'iterations',"
                + " 'min_confidence', 'registration', 'require_settled', 'saturation_luma',"
                + " 'texture_floor']",
            "RANGE double 0.0 1.0 0.94",
            "ENUM ['auto', 'lens', 'full', 'off']",
            "BEFORE 0.94",
            "SET 0.3",
            " True\nTYPES",
            "FILTERED True",
            "REFUSED",
            "AFTER 0.3 still",
            "PRESET cautious success: True",
            "PRESET none success: False\nmessage: \"there is no ",
            "PRESET ../node success: False\nmessage: \"the preset's name is",
            "LOADED 0.98");
    // The client does not say why a service failed; the node does.
    assertThat(launch.output())
        .contains(
            "validity.minConfidence is 0.3",
            "filter is still; expected off, or validity.minConfidence of 0.999 or less");
    assertThat(
            ros.run(
                "rosservice",
                "call",
                "/rackfocus/set_parameters",
                "{config: {strs: [{name: registration, value: auto}, {name: filter, value: 'off'}],"
                    + " ints: [{name: every_nth, value: 1}],"
                    + " bools: [{name: require_settled, value: true}],"
                    + " doubles: [{name: min_confidence, value: 0.94}]}}"))
        .contains("every_nth");
  }

  private static long maps(RosLoopback.Running models) {
    return models.output().lines().filter(line -> line.contains("proximal")).count();
  }

  /** What rospy receives is the simulator's truth within the error that the model states. */
  @Test
  @Order(5)
  void shouldGiveRospyTrueDepthWithEqualStamps() throws Exception {
    RosLoopback.Running peer =
        ros.start("rospy", "/usr/bin/python3", PEERS + "/depth_sync.py", "3", folder.toString());
    assertThat(peer.process().waitFor(130, TimeUnit.SECONDS)).isTrue();
    assertThat(peer.process().exitValue()).as(peer.output()).isZero();
    List<Long> sequences =
        peer.output()
            .lines()
            .filter(line -> line.startsWith("SYNC "))
            .map(line -> Long.parseLong(line.split(" ")[1]))
            .toList();
    assertThat(sequences).hasSize(3);
    SimulatedCameraConfig config =
        SimulatedCameraConfig.DEFAULTS
            .withScene(new SimulatedCameraConfig.Scene(1, 0))
            .withSize(WIDTH, HEIGHT)
            .withPlayback(new SimulatedCameraConfig.Playback(0, true, 0));
    try (SimulatedCamera camera = new SimulatedCamera(config, new FramePool(1))) {
      for (long sequence : sequences) {
        assertIsTrue(
            camera.groundTruth(sequence).values(), read(folder.resolve(sequence + ".f32")));
      }
    }
  }

  private static void assertIsTrue(float[] truth, FloatBuffer depthThenSigma) {
    int valid = 0;
    int within = 0;
    List<Double> errors = new ArrayList<>();
    for (int i = 0; i < truth.length; i++) {
      float depth = depthThenSigma.get(i);
      if (Float.isFinite(depth)) {
        valid++;
        double error = Math.abs(depth - truth[i]);
        within += error <= 3 * depthThenSigma.get(truth.length + i) ? 1 : 0;
        errors.add(error / truth[i]);
      }
    }
    errors.sort(null);
    assertThat((double) valid / truth.length).isGreaterThan(0.5);
    assertThat((double) within / valid).as("within three sigma").isGreaterThan(0.9);
    assertThat(errors.get(valid / 2)).as("median relative error").isLessThan(0.04);
  }

  private static FloatBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  @Test
  @Order(6)
  void shouldGiveRoscppDepthAndCameraInfoWithEqualStamps() throws Exception {
    Path built = Path.of("target/ros-peers/depth_sync").toAbsolutePath();
    assumeTrue(
        compiled(PEERS.resolve("depth_sync.cpp"), built), "skipped: no roscpp to build with");
    RosLoopback.Running peer = ros.start("roscpp", built.toString(), "3");
    assertThat(peer.process().waitFor(130, TimeUnit.SECONDS)).isTrue();
    assertThat(peer.process().exitValue()).as(peer.output()).isZero();
    assertThat(peer.output().lines().filter(line -> line.endsWith(WIDTH + "x" + HEIGHT)))
        .hasSize(3);
  }

  /** Builds a C++ peer once; false where there is no compiler or no roscpp. */
  private static boolean compiled(Path source, Path program) throws Exception {
    if (Files.exists(program)
        && Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) > 0) {
      return true;
    }
    Files.createDirectories(program.getParent());
    Process probe =
        new ProcessBuilder(
                "sh", "-c", "command -v g++ && pkg-config --exists roscpp message_filters")
            .redirectErrorStream(true)
            .start();
    if (probe.waitFor() != 0) {
      return false;
    }
    Process compiler =
        new ProcessBuilder(
                "sh",
                "-c",
                "g++ -O1 -o \"$2\" \"$1\" $(pkg-config --cflags --libs roscpp message_filters)"
                    + " -lboost_system -lboost_thread",
                "sh",
                source.toString(),
                program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(compiler.getInputStream().readAllBytes());
    assertThat(compiler.waitFor()).as(said).isZero();
    return true;
  }

  @Test
  @Order(7)
  void shouldBeRecordedAndPlayedBack() throws Exception {
    String bag = folder.resolve("depth.bag").toString();
    RosLoopback.Running record =
        ros.start(
            "record",
            "rosbag",
            "record",
            "--limit=3",
            "-O",
            bag,
            "/depth/image_rect",
            "/depth/camera_info",
            "/depth/info");
    assertThat(record.process().waitFor(90, TimeUnit.SECONDS)).as(record.output()).isTrue();
    assertThat(ros.run("rosbag", "info", bag))
        .contains("sensor_msgs/Image", "sensor_msgs/CameraInfo", "rackfocus_msgs/DepthInfo")
        .containsPattern("/depth/image_rect +3 msgs");
    RosLoopback.Running play =
        ros.start(
            "play",
            "rosbag",
            "play",
            "--loop",
            "--wait-for-subscribers",
            bag,
            "/depth/image_rect:=/played/image_rect",
            "/depth/camera_info:=/played/camera_info",
            "/depth/info:=/played/info",
            "--topics",
            "/depth/info");
    assertThat(ros.run("rostopic", "echo", "-n1", "--noarr", "/played/info"))
        .contains("model: \"proximal\"");
    play.interrupt();
  }

  @Test
  @Order(8)
  void shouldBeBackWhenTheMasterRestarts() throws Exception {
    master.kill();
    soon().until(() -> launch.output().contains("waiting for the master"));
    master = ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> ros.run("rostopic", "info", "/depth/info").contains("* /rackfocus"));
    assertThat(ros.run("rostopic", "echo", "-n1", "/depth/info/model")).contains("proximal");
  }

  @Test
  @Order(9)
  void shouldEndByRosnodeKillAndComeBackByRespawn() throws Exception {
    ros.run("rosnode", "kill", "/rackfocus");
    soon().until(() -> launch.output().contains("/rackfocus has ended"));
    soon()
        .until(() ->
            launch.output().lastIndexOf("publishes depth")
                > launch.output().indexOf("/rackfocus has ended"));
    assertThat(ros.run("rosnode", "ping", "-c", "1", "/rackfocus")).contains("xmlrpc reply");
    launch.interrupt();
    assertThat(launch.process().waitFor(40, TimeUnit.SECONDS)).isTrue();
    soon().until(() -> !ros.run("rosnode", "list").contains("/rackfocus"));
  }

  @Test
  @Order(10)
  void shouldMoveWithItsNamespaceAndRemaps() throws Exception {
    Path caller = folder.resolve("caller.launch");
    Files.writeString(
        caller,
        """
        <launch>
          <group ns="arm">
            <remap from="depth/image_rect" to="wrist/range" />
            <remap from="depth/info" to="/info_of_arm" />
            <include file="$(find rackfocus)/launch/simulated.launch">
              <arg name="name" value="lens" />
              <arg name="model" value="ddl" />
              <arg name="width" value="64" />
              <arg name="height" value="48" />
              <arg name="publish_tf" value="false" />
              <arg name="required" value="true" />
            </include>
          </group>
        </launch>
        """);
    RosLoopback.Running group = ros.start("group", "roslaunch", caller.toString());
    soon().until(() -> group.output().contains("/arm/lens publishes depth"));
    soon().until(() -> ros.run("rostopic", "list").contains("/info_of_arm"));
    assertThat(ros.run("rostopic", "list").lines())
        .contains(
            "/arm/wrist/range",
            "/arm/wrist/range/compressedDepth",
            "/arm/depth/camera_info",
            "/arm/validity/image_rect",
            "/info_of_arm")
        .doesNotContain("/arm/depth/image_rect", "/arm/depth/info");
    assertThat(ros.run("rostopic", "echo", "-n1", "--noarr", "/info_of_arm"))
        .contains("model: \"ddl\"");
    group.interrupt();
    assertThat(group.process().waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(group.output()).contains("/arm/lens has ended");
  }

  @Test
  @Order(11)
  void shouldCompressAPlaneAtEightCentimetresWithinItsQuantisation() throws Exception {
    RosLoopback.Running plane =
        ros.start(
            "plane",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PlaneNode.class.getName(),
            "__ns:=/plane");
    RosLoopback.Running decoder =
        ros.start(
            "decoder",
            "/usr/bin/python3",
            PEERS + "/compressed_plane.py",
            "0.08",
            "depth/image_rect/compressedDepth:=/plane/depth/image_rect/compressedDepth");
    assertThat(decoder.process().waitFor(70, TimeUnit.SECONDS)).isTrue();
    String[] said =
        decoder
            .output()
            .lines()
            .filter(line -> line.startsWith("PLANE "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(decoder.output()))
            .split(" ");
    double worst = Double.parseDouble(said[2]);
    double step = Double.parseDouble(said[3]);
    assertThat(step).isLessThan(2e-6);
    // Half a step, and what single precision adds in the reader.
    assertThat(worst).isLessThan(0.5 * step + 3e-8);
    assertThat(Integer.parseInt(said[4])).isEqualTo(PlaneNode.WIDTH * (PlaneNode.HEIGHT - 3));
    assertThat(Integer.parseInt(said[5]))
        .as("NaN for NaN and both infinities")
        .isEqualTo(3 * PlaneNode.WIDTH);
    plane.process().destroy();
  }

  @Test
  @Order(12)
  void shouldSayEveryFaultOfItsParametersAndEnd() throws Exception {
    RosLoopback.Running node =
        depthNode(
            "_source/kind:=webcam",
            "_sweep/max_stack_age:=-1",
            "_model/treads:=3",
            "__name:=faulty");
    assertThat(node.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.process().exitValue()).isEqualTo(2);
    assertThat(node.output())
        .contains("3 faults", "source.kind is 'webcam'", "sweep.maxStackAge is -1", "model.treads");
  }

  @Test
  @Order(13)
  void shouldWaitForItsMasterSayingSo() throws Exception {
    RosLoopback.Running lonely = depthNode("__master:=http://127.0.0.1:11399");
    soon().until(() -> lonely.output().contains("waiting for the master"));
    lonely.interrupt();
    assertThat(lonely.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(lonely.process().exitValue()).as(lonely.output()).isZero();
  }

  @Test
  @Order(14)
  void shouldRunFromACatkinInstallAndEndBySigterm() throws Exception {
    // Not below the checkout, where roslaunch would find a second depth_node.
    Path build = folder.resolve("catkin");
    Path install = build.resolve("install");
    RosLoopback.Running catkin =
        ros.start(
            "catkin",
            "sh",
            "-c",
            "cmake -S \"$1\" -B \"$2/build\" -DPYTHON_EXECUTABLE=/usr/bin/python3"
                + " -DCATKIN_ENABLE_TESTING=0 -DCATKIN_DEVEL_PREFIX=\"$2/devel\""
                + " -DCMAKE_INSTALL_PREFIX=\"$2/install\""
                + " && cmake --build \"$2/build\" --target install",
            "sh",
            HOME.toString(),
            build.toString());
    assertThat(catkin.process().waitFor(200, TimeUnit.SECONDS)).isTrue();
    assertThat(catkin.process().exitValue()).as(catkin.output()).isZero();
    RosLoopback.Running node =
        ros.start(
            "installed",
            "env",
            // As its setup.bash sets them.
            "ROS_PACKAGE_PATH=" + install.resolve("share") + ":/usr/share",
            "CMAKE_PREFIX_PATH=" + install,
            "rosrun",
            "rackfocus",
            "depth_node",
            "__name:=installed",
            "_source/kind:=simulated",
            "_source/simulated/width:=64",
            "_source/simulated/height:=48");
    soon().until(() -> node.output().contains("/installed publishes depth"));
    assertThat(ros.run("rostopic", "echo", "-n1", "/depth/info/model")).contains("proximal");
    node.process().destroy(); // SIGTERM
    assertThat(node.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(node.process().exitValue()).as(node.output()).isZero();
    assertThat(node.output()).contains("/installed has ended");
  }

  private static RosLoopback.Running depthNode(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("bin/depth_node").toString()));
    command.addAll(Arrays.asList(arguments));
    return ros.start("depth_node", command.toArray(String[]::new));
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(300));
  }
}
