package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.ros.RackfocusMessages;
import io.github.rackfocus.ros.RosLoopback;
import java.io.IOException;
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
 * The example bridges of cameras that report their lens, as ROS nodes with stand-ins of the
 * vendors' modules (src/test/ros/vendor), whose images show where the lens truly was.
 */
@Timeout(300)
class LensBridgesIT {
  private static final Pattern HEARD =
      Pattern.compile(
          "HEARD images=(\\d+) alone=(\\d+) planes=(\\S*) settled=(\\d+) wrong=(\\d+)"
              + " infos=(\\d+) focus=(\\d+)");

  @TempDir static Path folder;
  private static RosLoopback ros;

  @BeforeAll
  static void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    RackfocusMessages messages = RackfocusMessages.build();
    assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
    ros = new RosLoopback(folder);
    ros.environment().putAll(messages.environment());
    ros.environment()
        .merge(
            "PYTHONPATH",
            Path.of("src/test/ros/vendor").toAbsolutePath().toString(),
            (path, vendor) -> vendor + ":" + path);
    assumeTrue(
        !ros.run("env", "/usr/bin/python3", "-c", "import numpy, yaml").contains("Error"),
        "skipped: no python3-numpy or python3-yaml");
    ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> !ros.run("rostopic", "list").contains("ERROR"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  /** A running bridge, and the file to which its stand-in writes what becomes of the device. */
  private record Bridge(String name, RosLoopback.Running running, Path device) {
    String output() {
      return running.output();
    }

    List<String> notes() throws IOException {
      return Files.exists(device) ? Files.readAllLines(device) : List.of();
    }
  }

  /** Parameters of a command line stay on the server, so each test has a namespace of its own. */
  private static Bridge bridge(String test, String name, List<String> fate, String... parameters)
      throws IOException {
    String script = Path.of("docs/examples", name + "_bridge.py").toAbsolutePath().toString();
    Path device = folder.resolve(name + "-" + System.nanoTime() + ".txt");
    List<String> command = new ArrayList<>(List.of("env", "STAND_IN_LOG=" + device));
    command.addAll(fate);
    command.addAll(
        List.of(
            "/usr/bin/python3",
            "-B",
            script,
            "__ns:=/" + test + "/" + name,
            "_width:=64",
            "_height:=48",
            "_rate:=50",
            "_planes:=4",
            "_farthest:=1",
            "_nearest:=10",
            "_park:=2.5",
            "_exposure:=0.004",
            "_settle:=0.05",
            "_silence:=1",
            "_retry:=0.2"));
    command.addAll(Arrays.asList(parameters));
    return new Bridge(name, ros.start(name, command.toArray(String[]::new)), device);
  }

  private static List<Bridge> bridges(String test, String... fate) throws IOException {
    List<String> fates = List.of(fate);
    Path camera = folder.resolve("camera.yaml");
    Files.writeString(
        camera,
        """
        image_width: 64
        image_height: 48
        camera_matrix: {rows: 3, cols: 3, data: [70, 0, 31.5, 0, 70, 23.5, 0, 0, 1]}
        distortion_model: plumb_bob
        distortion_coefficients: {rows: 1, cols: 5, data: [0, 0, 0, 0, 0]}
        rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
        projection_matrix: {rows: 3, cols: 4, data: [70, 0, 31.5, 0, 0, 70, 23.5, 0, 0, 0, 1, 0]}
        """);
    return List.of(
        bridge(test, "picamera", fates, "_gain:=2", "_camera_info_url:=file://" + camera),
        bridge(test, "oak", fates, "_gain:=400", "_lens_table:=[[20, 0.0], [220, 10.0]]"),
        bridge(test, "basler", fates, "_gain:=6", "_power_gain:=1", "_power_offset:=1"));
  }

  private static void interrupt(Bridge bridge) throws Exception {
    bridge.running().interrupt();
    assertThat(bridge.running().process().waitFor(30, TimeUnit.SECONDS))
        .as(bridge::output)
        .isTrue();
    assertThat(bridge.running().process().exitValue()).as(bridge::output).isZero();
    assertThat(bridge.output()).doesNotContain("Traceback");
  }

  private static RosLoopback.Running listen(String name, int greyAtZero, int greyPerDioptre)
      throws IOException {
    return ros.start(
        "listener",
        "/usr/bin/python3",
        "-B",
        Path.of("src/test/ros/hear_bridge.py").toAbsolutePath().toString(),
        "5",
        Integer.toString(greyAtZero),
        Integer.toString(greyPerDioptre),
        "__ns:=/sweep/" + name);
  }

  @Test
  void shouldPublishEachImageWithALensStateOfItsStampAndParkTheLens() throws Exception {
    List<Bridge> bridges = bridges("sweep");
    // The grey of the stand-ins: in dioptres of focus, focus by the table, lens power.
    List<RosLoopback.Running> listeners =
        List.of(listen("picamera", 0, 16), listen("oak", 20, 20), listen("basler", 40, 16));
    List<String> parked = List.of("lens 2.5000", "lens 70", "lens 1.5000");
    for (int i = 0; i < bridges.size(); i++) {
      RosLoopback.Running listener = listeners.get(i);
      assertThat(listener.process().waitFor(60, TimeUnit.SECONDS)).as(listener::output).isTrue();
      Matcher heard = HEARD.matcher(listener.output());
      String all = listener.output() + bridges.get(i).output();
      assertThat(heard.find()).as(all).isTrue();
      int images = Integer.parseInt(heard.group(1));
      assertThat(images).as(all).isGreaterThan(20);
      assertThat(heard.group(2)).as("images without a lens state in %s", all).isEqualTo("0");
      assertThat(heard.group(3)).as("planes in %s", all).isEqualTo("0,1,2,3");
      assertThat(Integer.parseInt(heard.group(4))).as(all).isBetween(5, images);
      assertThat(heard.group(5)).as("settled frames that lie in %s", all).isEqualTo("0");
      // Only the first has a calibration, and the last leaves focus to the depth node.
      assertThat(Integer.parseInt(heard.group(6)) > 0).as(all).isEqualTo(i == 0);
      assertThat(Integer.parseInt(heard.group(7)) > 0).as(all).isEqualTo(i != 2);
    }
    for (int i = 0; i < bridges.size(); i++) {
      interrupt(bridges.get(i));
      assertThat(bridges.get(i).notes()).startsWith("opened").endsWith(parked.get(i), "closed");
    }
  }

  @Test
  void shouldSayWhatFailedAndConnectAgain() throws Exception {
    List<Bridge> bridges = bridges("fault", "STAND_IN_BREAK=60", "STAND_IN_ABSENT=2");
    List<String> broken =
        List.of(
            "no frame has come for 1 s",
            "reading the image queue failed: Communication exception",
            "The camera device has been physically removed");
    List<String> absent =
        List.of(
            "opening the camera failed: Camera(s) not found",
            "opening the OAK camera failed: No available devices",
            "opening the camera failed: No device is available");
    for (int i = 0; i < bridges.size(); i++) {
      Bridge bridge = bridges.get(i);
      soon().until(() -> bridge.output().split("connected;", -1).length == 3);
      assertThat(bridge.output())
          .contains(broken.get(i), absent.get(i), "trying again in 0.2 s", "trying again in 0.4 s");
      interrupt(bridge);
      assertThat(bridge.notes().stream().filter("opened"::equals)).hasSize(2);
    }
  }

  @Test
  void shouldEndWithASentenceIfAParameterIsWrong() throws Exception {
    List<Bridge> bridges =
        List.of(
            bridge("wrong", "picamera", List.of(), "_gain:=2", "_nearest:=16"),
            bridge("wrong", "oak", List.of(), "_gain:=400"),
            bridge("wrong", "basler", List.of(), "_gain:=6", "_pattern:=sine"));
    List<String> expected =
        List.of(
            "expected from 0 to 15, the range of the lens",
            "~lens_table is []; expected at least two pairs [position, dioptres]",
            "~pattern is 'sine'; expected step or saw or triangle");
    for (int i = 0; i < bridges.size(); i++) {
      Bridge bridge = bridges.get(i);
      assertThat(bridge.running().process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(bridge.running().process().exitValue()).as(bridge::output).isEqualTo(1);
      assertThat(bridge.output()).contains(expected.get(i)).doesNotContain("Traceback");
    }
  }

  @Test
  void shouldPassTheTestsThatNeedNoRos() throws Exception {
    List<RosLoopback.Running> tests = new ArrayList<>();
    for (String name : new String[] {"", "camera_", "picamera_", "oak_", "basler_"}) {
      tests.add(
          ros.start(
              "test",
              "/usr/bin/python3",
              "-B",
              Path.of("src/test/ros/test_" + name + "bridge.py").toAbsolutePath().toString()));
    }
    for (RosLoopback.Running test : tests) {
      assertThat(test.process().waitFor(120, TimeUnit.SECONDS)).as(test::output).isTrue();
      assertThat(test.output()).contains("OK");
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(300));
  }
}
