package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client with Debian's ROS 1: its master, its rospy tools and a roscpp node. */
@Timeout(300)
class RosInteropIT {
  @TempDir static Path folder;
  private static RosLoopback ros;
  private static RosLoopback.Running master;
  private static RosLoopback.Running node;

  @BeforeAll
  static void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    ros = new RosLoopback(folder);
    node = ros.startNode("jnode", "_gain:=2.5", "in:=relayed");
    soon().until(() -> node.output().contains("waiting for the master"));
    master = ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    // With the output of both, in case of failure.
    soon()
        .untilAsserted(() -> assertThat(node.output() + master.output()).contains("READY /jnode"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  @Test
  void shouldShowItselfToTheToolsOfRos() throws Exception {
    soon().until(() -> ros.run("rostopic", "list").contains("/greeting"));
    assertThat(ros.run("rostopic", "list").lines())
        .contains("/out", "/relayed", "/greeting", "/rosout");
    assertThat(ros.run("rostopic", "info", "/out"))
        .contains("Type: sensor_msgs/Image", "* /jnode (http://127.0.0.1:");
    assertThat(ros.run("rosnode", "info", "/jnode"))
        .contains(
            "* /out [sensor_msgs/Image]", "* /jnode/flip", "* /jnode/set_logger_level", "Pid: ");
    assertThat(ros.run("rosnode", "ping", "-c", "2", "/jnode")).contains("ping average");
  }

  @Test
  void shouldSpeakWithRospy() throws Exception {
    assertThat(ros.run("rostopic", "echo", "-n1", "--noarr", "/out"))
        .contains("frame_id: \"camera_optical_frame\"", "encoding: \"mono8\"", "length: 76800");
    assertThat(ros.run("rostopic", "echo", "-n1", "/greeting")).contains("hello from /jnode");
    // Any rate: how fast the node publishes depends on the machine.
    RosLoopback.Running rate = ros.start("hz", "rostopic", "hz", "-w", "5", "/out");
    soon().untilAsserted(() -> assertThat(rate.output()).containsPattern("average rate: \\d"));
    rate.interrupt();
  }

  /** image_transport's republish is a roscpp node: it receives our images and returns them. */
  @Test
  void shouldSpeakWithRoscppBothWays() throws Exception {
    String republish = "/usr/lib/image_transport/republish";
    assumeTrue(Files.isExecutable(Path.of(republish)), "skipped: no image-transport-tools");
    RosLoopback.Running relay =
        ros.start("republish", republish, "raw", "in:=/out", "raw", "out:=/relayed", "__ns:=/copy");
    soon().until(() -> node.output().contains("RECEIVED 5 320x240 mono8 bytes 76800 stamp 1"));
    relay.process().destroy();
    assertThat(relay.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldReceiveFromRospy() throws Exception {
    RosLoopback.Running pub =
        ros.start(
            "pub",
            "rostopic",
            "pub",
            "-r",
            "10",
            "/relayed",
            "sensor_msgs/Image",
            "{header: {stamp: {secs: 7, nsecs: 9}}, width: 3, height: 1, step: 3, encoding: rgb8, data: [1, 2, 3]}");
    soon().until(() -> node.output().contains(" 3x1 rgb8 bytes 3 stamp 7000000009"));
    pub.interrupt();
  }

  @Test
  void shouldServeCallsAndParameters() throws Exception {
    soon().until(() -> ros.run("rosservice", "list").contains("/jnode/flip"));
    assertThat(ros.run("rosservice", "type", "/jnode/flip")).contains("std_srvs/SetBool");
    assertThat(ros.run("rosservice", "call", "/jnode/flip", "true"))
        .contains("success: False", "message: \"was true\"");
    assertThat(ros.run("rosservice", "call", "/jnode/get_loggers")).contains("name: \"ROOT\"");
    assertThat(ros.run("rosparam", "get", "/jnode/gain")).contains("2.5");
    soon().until(() -> node.output().contains("GAIN 2.5"));
    ros.run("rosparam", "set", "/jnode/gain", "4");
    soon().until(() -> node.output().contains("GAIN 4"));
    assertThat(ros.run("rostopic", "echo", "-n1", "/rosout/name")).isNotEmpty();
  }

  @Test
  void shouldComeBackWhenTheMasterRestarts() throws Exception {
    master.kill();
    soon().until(() -> !ros.run("rostopic", "list").contains("/out"));
    master = ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> ros.run("rostopic", "info", "/out").contains("/jnode"));
    assertThat(ros.run("rostopic", "echo", "-n1", "/greeting")).contains("hello from /jnode");
    soon().until(() -> ros.run("rosparam", "get", "/jnode/gain").contains("2.5"));
  }

  @Test
  void shouldEndWhenKilledInterruptedOrReplaced() throws Exception {
    RosLoopback.Running killed = ready("killed");
    assertThat(ros.run("rosnode", "kill", "/killed")).contains("killed");
    assertEnds(killed);

    RosLoopback.Running interrupted = ready("interrupted");
    interrupted.interrupt();
    assertEnds(interrupted);
    soon().until(() -> !ros.run("rosnode", "list").contains("/interrupted"));

    RosLoopback.Running older = ready("twin");
    RosLoopback.Running newer = ready("twin");
    assertEnds(older);
    assertThat(older.output()).contains("new node registered with same name");
    assertThat(newer.process().isAlive()).isTrue();
    newer.process().destroy();
    assertEnds(newer);
  }

  private static RosLoopback.Running ready(String name) throws IOException {
    RosLoopback.Running running = ros.startNode(name, "in:=nothing", "out:=" + name + "_out");
    soon().until(() -> running.output().contains("READY /" + name));
    soon().until(() -> ros.run("rosnode", "list").contains("/" + name));
    return running;
  }

  private static void assertEnds(RosLoopback.Running running) throws InterruptedException {
    assertThat(running.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(running.output()).contains("ENDING");
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(200));
  }
}
