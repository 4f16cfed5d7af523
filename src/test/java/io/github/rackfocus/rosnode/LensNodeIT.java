package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.lens.EmulatedLine;
import io.github.rackfocus.ros.RackfocusMessages;
import io.github.rackfocus.ros.RosLoopback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An emulated Optotune driver on a pseudo-terminal, a simulated camera that looks through its lens,
 * and depth through the topics of a real master.
 */
@Timeout(300)
class LensNodeIT {
  /** Maps whose mean error is compared; a sweep's worth. */
  private static final int MAPS = 10;

  @TempDir private Path folder;
  private RosLoopback ros;
  private Path port;
  private RosLoopback.Running bench;

  @BeforeEach
  void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    assumeTrue(EmulatedLine.missing().isEmpty(), "skipped: " + EmulatedLine.missing());
    RackfocusMessages messages = RackfocusMessages.build();
    assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
    ros = new RosLoopback(folder);
    ros.environment().putAll(messages.environment());
    ros.environment().put("RACKFOCUS_MODELS", Path.of("models").toAbsolutePath().toString());
    ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    soon().until(() -> !ros.run("rostopic", "list").contains("ERROR"));
    port = folder.resolve("ttyLENS");
    bench = ros.startJava("bench", LensBenchNode.class, port.toString(), "__name:=bench");
    soon().until(() -> Files.exists(port));
  }

  @AfterEach
  void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  private String[] lens() {
    return new String[] {
      "_sweep/planes:=" + LensBenchNode.PLANES,
      "_lens/max_wait:=0.2",
      "_source/lens/driver:=optotune",
      "_source/lens/port:=" + port,
      "_source/lens/rate:=" + LensBenchNode.RATE_HZ,
      "_source/lens/min:=-2",
      "_source/lens/max:=11"
    };
  }

  private RosLoopback.Running node(String name, Class<?> main, String[] some, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("__name:=" + name));
    all.addAll(List.of(some));
    all.addAll(List.of(more));
    return ros.startJava(name, main, all.toArray(String[]::new));
  }

  @Test
  void shouldGiveTheDepthOfTheDirectSimulationAndSurviveUnplugging() throws Exception {
    RosLoopback.Running lens = node("lens", RosLensNode.class, lens());
    RosLoopback.Running depth =
        node(
            "depth",
            RosDepthNode.class,
            new String[] {"_sweep/planes:=" + LensBenchNode.PLANES, "_lens/max_wait:=0.2"},
            "image:=cam/image_raw",
            "camera_info:=cam/camera_info");
    RosLoopback.Running direct =
        node(
            "direct",
            RosDepthNode.class,
            new String[] {
              "__ns:=/direct",
              "_source/kind:=simulated",
              "_source/simulated/rate:=" + LensBenchNode.RATE_HZ,
              "_source/simulated/width:=" + LensBenchNode.WIDTH,
              "_source/simulated/height:=" + LensBenchNode.HEIGHT,
              "_source/simulated/seed:=5",
              "_source/simulated/lens/hysteresis:=0",
              "_source/simulated/optics/breathing:=0"
            });
    long maps = MAPS + 3L;
    later()
        .untilAsserted(() ->
            assertThat(List.of(lines("LENS").size(), lines("DIRECT").size()))
                .as(
                    "%s%n%s%n%s%n%s",
                    bench.output(), lens.output(), depth.output(), direct.output())
                .allMatch(count -> count >= maps));
    double through = error("LENS");
    double expected = error("DIRECT");
    System.out.printf(
        Locale.ROOT, "AbsRel through the emulated lens %.4f, directly %.4f%n", through, expected);
    assertThat(through).as(bench.output()).isCloseTo(expected, within(0.1 * expected));

    say("unplug");
    soon().until(() -> lens.output().contains("trying again until it is there"));
    // Images go on; without a reading none of them becomes depth.
    soon().until(() -> depth.output().contains("lens_state"));
    int before = lines("LENS").size();
    say("plug");
    later().until(() -> lines("LENS").size() >= before + maps);
    assertThat(error("LENS")).as(bench.output()).isCloseTo(expected, within(0.1 * expected));

    lens.interrupt();
    assertThat(lens.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(lens.process().exitValue()).isZero();
    assertThat(lens.output()).contains("is parked", "/lens has ended");
  }

  @Test
  void shouldDriveTheLensFromTheDepthNodeItself() throws Exception {
    RosLoopback.Running depth =
        node(
            "depth",
            RosDepthNode.class,
            lens(),
            "image:=cam/image_raw",
            "camera_info:=cam/camera_info");
    later()
        .untilAsserted(() ->
            assertThat(lines("LENS"))
                .as("%s%n%s", bench.output(), depth.output())
                .hasSizeGreaterThan(MAPS));
    assertThat(error("LENS")).isLessThan(0.05);
    assertThat(ros.run("rostopic", "echo", "-n1", "-p", "/lens_state")).contains("field.settled");
    assertThat(ros.run("rostopic", "echo", "-n4", "/diagnostics/status")).contains("depth: lens");
    depth.interrupt();
    assertThat(depth.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(depth.output()).contains("is parked");
  }

  private void say(String command) throws IOException {
    bench.process().getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    bench.process().getOutputStream().flush();
  }

  private List<String> lines(String label) {
    return bench.output().lines().filter(line -> line.startsWith(label + " ")).toList();
  }

  /** Mean AbsRel of the newest maps. */
  private double error(String label) {
    List<String> lines = lines(label);
    return lines.subList(lines.size() - MAPS, lines.size()).stream()
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .average()
        .orElseThrow();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(300));
  }

  private static ConditionFactory later() {
    return await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(500));
  }
}
