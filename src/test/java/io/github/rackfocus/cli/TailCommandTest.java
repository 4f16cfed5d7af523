package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaObstacleSink;
import io.github.rackfocus.kafka.KafkaPublisher;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.Health;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TailCommandTest {
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafkaBroker broker;

  @TempDir Path folder;

  @BeforeAll
  static void fillTopics() throws Exception {
    broker = EmbeddedKafkaBroker.start();
    KafkaClientConfig kafka =
        KafkaClientConfig.of(broker.bootstrapServers()).withCreateTopics(true);
    InstantSource clock = InstantSource.system();
    try (KafkaDepthSink depth = new KafkaDepthSink(KafkaDepthSinkConfig.of(kafka), CAMERA);
        KafkaObstacleSink obstacles =
            new KafkaObstacleSink(kafka, TopicSpec.OBSTACLES, 8, 6, CAMERA, clock)) {
      for (int i = 0; i < 3; i++) {
        try (DepthMap map = TestDepthMaps.scene(160, 64, STAMP + i, i)) {
          depth.accept(map);
          obstacles.accept(map);
        }
      }
      assertThat(depth.publisher().flush(PATIENCE)).isTrue();
      depth.publisher().publish(new OutgoingRecord("r2/other", List.of(), new byte[] {1, 2, 3}));
      assertThat(depth.publisher().flush(PATIENCE)).isTrue();
      assertThat(obstacles.publisher().flush(PATIENCE)).isTrue();
      try (KafkaPublisher health = new KafkaPublisher(kafka, TopicSpec.HEALTH, clock)) {
        Health message =
            Health.newBuilder()
                .setRobot("r2")
                .setCamera("front")
                .setFrames(12)
                .putFramesDropped("outOfSweep", 2)
                .build();
        health.publish(new OutgoingRecord("r2/front", List.of(), message.toByteArray()));
        assertThat(health.flush(PATIENCE)).isTrue();
      }
    }
  }

  @AfterAll
  static void stopBroker() throws IOException {
    broker.close();
  }

  @Test
  void shouldPrintALinePerMapAndContinueAfterUnreadableRecords() {
    List<String> lines = tail("--count", "4");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .contains("r2/front  map 0  160x64")
        .contains("median")
        .contains("test K=3 on CPU");
    assertThat(lines.get(3)).contains("rackfocus.depth.v1 r2/other  unreadable");
  }

  @Test
  void shouldWritePicturesOnRequest() throws Exception {
    tail("--count", "4", "--pictures", folder.toString());
    assertThat(folder.resolve("r2_front-" + STAMP + "-0.png")).isNotEmptyFile();
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void shouldPrintHealthAsALineOrAsJson() {
    assertThat(tail("--health", "--count", "1"))
        .singleElement()
        .asString()
        .contains("r2/front  health 0")
        .contains("lost: 2 frames outOfSweep");
    assertThat(tail("--health", "--json", "--count", "1"))
        .singleElement()
        .asString()
        .startsWith("{\"robot\":\"r2\"")
        .contains("\"frames\":\"12\"");
  }

  @Test
  void shouldPrintTheNearestObstacle() {
    List<String> lines = tail("--obstacles", "--count", "3");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("obstacles 0  8x6  nearest -Infinity m in cell");
  }

  @Test
  void shouldRejectJsonWithoutHealth() {
    assertThat(execute(new StringWriter(), "--json")).isEqualTo(2);
  }

  private static List<String> tail(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(execute(out, arguments)).isZero();
    return out.toString().lines().toList();
  }

  private static int execute(StringWriter out, String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "tail",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--from-beginning",
                "--seconds",
                "60"));
    all.addAll(List.of(arguments));
    CommandLine command = Rackfocus.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(new StringWriter()));
    return command.execute(all.toArray(new String[0]));
  }
}
