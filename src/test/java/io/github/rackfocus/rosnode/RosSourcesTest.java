package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RosSourcesTest {
  private static final long START = 1_000_000_000_000L;
  private static final long PERIOD = 100_000_000L;

  @TempDir private Path folder;
  private RosTestBench ros;

  @BeforeEach
  void start() throws Exception {
    ros = new RosTestBench();
  }

  @AfterEach
  void stop() {
    ros.close();
  }

  private static AppConfig configuration(Map<String, ?> source) throws Exception {
    return AppConfig.load("test", Map.of(), null, Map.of("source", source));
  }

  private static AppConfig simulated() throws Exception {
    return configuration(
        Map.of("kind", "simulated", "simulated", Map.of("width", 32, "height", 32, "rate", 10)));
  }

  @Test
  void shouldStampSimulatedFramesWithTheTimeOfRos() throws Exception {
    ConnectedNode node = ros.connect("rackfocus");
    RosInput opened = RosSources.open(simulated(), node);
    try (var source = opened.source()) {
      long before = node.getClock().nowNanos();
      Frame first = source.next();
      Frame second = source.next();
      assertThat(first.stampNanos()).isBetween(before, node.getClock().nowNanos());
      assertThat(second.stampNanos() - first.stampNanos()).isEqualTo(PERIOD);
      assertThat(opened.camera().frameId()).isEqualTo("camera_optical_frame");
      first.close();
      second.close();
    }
  }

  @Test
  void shouldRunASimulatedCameraByTheClockTopic() throws Exception {
    ConnectedNode other = ros.connect("other");
    other.getParameterTree().set("/use_sim_time", true);
    Publisher<Clock> clock = other.newPublisher("/clock", Clock.TYPE, 10);
    ConnectedNode node = ros.connect("rackfocus");
    await().until(clock::hasSubscribers);
    tick(clock, node, START);
    List<Long> stamps = new CopyOnWriteArrayList<>();
    try (var source = RosSources.open(simulated(), node).source()) {
      Thread reader =
          new Thread(() -> {
            try {
              for (Frame frame = source.next(); frame != null; frame = source.next()) {
                stamps.add(frame.stampNanos());
                frame.close();
              }
            } catch (Exception e) {
              Thread.currentThread().interrupt();
            }
          });
      reader.start();
      await().until(() -> stamps.size() == 1);
      for (int frame = 1; frame < 4; frame++) {
        int so = frame;
        tick(clock, node, START + frame * PERIOD);
        await().until(() -> stamps.size() > so);
        assertThat(stamps).as("no frame before its time").hasSize(so + 1);
      }
      source.close();
      reader.join();
    }
    assertThat(stamps)
        .containsExactly(START, START + PERIOD, START + 2 * PERIOD, START + 3 * PERIOD);
  }

  private static void tick(Publisher<Clock> clock, ConnectedNode node, long nanos) {
    Clock message = new Clock();
    message.clockNanos = nanos;
    clock.publish(message);
    await().until(() -> node.getClock().nowNanos() == nanos);
  }

  /** A focus given as image index does not give metres. */
  @Test
  void shouldRefuseASourceThatCountsImages() throws Exception {
    for (int i = 0; i < 3; i++) {
      Files.write(
          folder.resolve("00" + i + ".png"),
          io.github.rackfocus.sink.Png.encode8(32, 32, new byte[32 * 32]));
    }
    Files.writeString(
        folder.resolve("stack.json"),
        "{\"focus\": [0, 1, 2], \"unit\": \"index\", \"order\": \"far-first\"}");
    AppConfig configuration =
        configuration(Map.of("kind", "folder", "folder", Map.of("path", folder.toString())));
    ConnectedNode node = ros.connect("rackfocus");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RosSources.open(configuration, node))
        .withMessageContaining("need a focus in dioptres");
  }
}
