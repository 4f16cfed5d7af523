package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults between the client and real ROS: killed publishers, cut connections, slow or stopped
 * subscribers. The long version is {@code bin/soak ros}.
 */
@Timeout(400)
class RosFaultsIT {
  private static final String COUNT = Path.of("src/test/ros/count.py").toAbsolutePath().toString();

  @TempDir static Path folder;
  private static RosPrograms.Compiled pub;
  private static RosPrograms.Compiled sub;
  private static RosLoopback ros;

  @BeforeAll
  static void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    pub = RosPrograms.compile("src/soak/ros/pub.cpp", null);
    sub = RosPrograms.compile("src/soak/ros/sub.cpp", null);
    assumeTrue(pub.missing().isEmpty(), () -> "skipped: " + pub.missing());
    ros = new RosLoopback(folder);
    ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  @Test
  void shouldReceiveAgainWhenARoscppPublisherIsKilledAndRestarted() throws Exception {
    RosLoopback.Running node = node("hears", "in:=camera", "out:=hears_out");
    RosLoopback.Running first = camera("camera", "__name:=camera_a");
    soon(() -> received(node) > 20);
    first.kill();
    RosLoopback.Running second = camera("camera", "__name:=camera_a");
    long before = received(node);
    soon(() -> received(node) > before + 20);
    second.kill();
    node.interrupt();
  }

  @Test
  void shouldBeHeardAgainWhenItIsKilledAndRestarted() throws Exception {
    RosLoopback.Running first = node("speaks", "in:=nothing", "out:=speaks_out");
    RosLoopback.Running count = count("/speaks_out");
    soon(() -> counted(count) > 10);
    first.kill();
    RosLoopback.Running second = node("speaks", "in:=nothing", "out:=speaks_out");
    long before = counted(count);
    soon(() -> counted(count) > before + 20);
    second.interrupt();
    count.interrupt();
  }

  /** A roscpp relay returns the images, so both directions must recover. */
  @Test
  void shouldConnectAgainBothWaysWhenAllConnectionsAreCut() throws Exception {
    Path republish = Path.of("/usr/lib/image_transport/republish");
    assumeTrue(Files.isExecutable(republish), "skipped: no image-transport-tools");
    RosLoopback.Running node = node("cut", "in:=cut_back", "out:=cut_out");
    RosLoopback.Running relay =
        ros.start("relay", republish.toString(), "raw", "in:=/cut_out", "raw", "out:=/cut_back");
    soon(() -> received(node) > 20);
    String killed = ros.run("ss", "-H", "-K", "-t", "state", "established");
    assumeTrue(
        !killed.isBlank(), "skipped: this kernel cuts no connections (CONFIG_INET_DIAG_DESTROY)");
    long before = received(node);
    soon(() -> received(node) > before + 40);
    relay.kill();
    node.interrupt();
  }

  @Test
  void shouldLetAThirdSubscriberLoseNothingBesideASlowAndAStoppedOne() throws Exception {
    RosLoopback.Running node =
        node("crowd", "in:=nothing", "out:=crowd_out", "_rate:=60", "_queue:=60");
    RosLoopback.Running slow = ros.start("slow", sub.file().toString(), "/crowd_out", "100");
    RosLoopback.Running stopped = ros.start("stopped", sub.file().toString(), "/crowd_out");
    RosLoopback.Running count = count("/crowd_out");
    soon(() -> counted(count) > 30);
    signal("STOP", stopped);
    // Kernel buffers are full and both queues drop messages.
    soon(() -> state(node, "dropped (\\d+)") > 100);
    assertThat(count.output())
        .containsPattern("COUNT \\d+ LOST 0\n")
        .doesNotContainPattern("LOST [1-9]");
    signal("CONT", stopped);
    count.interrupt();
    slow.kill();
    stopped.kill();
    node.interrupt();
  }

  private static RosLoopback.Running node(String name, String... arguments) throws IOException {
    RosLoopback.Running node =
        ros.startJava(name, FaultsNode.class, concat("__name:=" + name, arguments));
    soon(() -> node.output().contains("READY /" + name));
    return node;
  }

  private static RosLoopback.Running camera(String topic, String... arguments) throws IOException {
    String[] all = {pub.file().toString(), "/" + topic, "mono8", "320", "240", "1", "30", "300"};
    return ros.start(topic, concatAll(all, arguments));
  }

  private static RosLoopback.Running count(String topic) throws IOException {
    return ros.start("count", "/usr/bin/python3", COUNT, topic);
  }

  private static String[] concat(String first, String... rest) {
    return concatAll(new String[] {first}, rest);
  }

  private static String[] concatAll(String[] first, String... rest) {
    String[] all = java.util.Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }

  private static void signal(String name, RosLoopback.Running to) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(to.process().pid())).start().waitFor();
  }

  private static long received(RosLoopback.Running node) {
    return state(node, "received (\\d+)");
  }

  private static long counted(RosLoopback.Running count) {
    return state(count, "COUNT (\\d+)");
  }

  /** Returns the last number of a kind that a process has printed; 0 before the first. */
  private static long state(RosLoopback.Running running, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(running.output());
    long last = 0;
    while (matcher.find()) {
      last = Long.parseLong(matcher.group(1));
    }
    return last;
  }

  private static void soon(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(200)).until(condition);
  }
}
