package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The consumer of the documentation, which has nothing of Java, reads what the sink sends. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PythonConsumerIT {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path EXAMPLE = Path.of("docs", "examples", "kafka_consumer.py");
  private static final long STAMP = 1_763_640_000_123_456_789L;

  @Test
  void shouldReadMapsFromABroker() throws Exception {
    assumeTools("import confluent_kafka, google.protobuf, numpy, cv2");
    try (EmbeddedKafkaBroker broker = EmbeddedKafkaBroker.start()) {
      broker.createTopic(TopicSpec.DEPTH.name(), 2);
      for (DepthPacking packing : DepthPacking.values()) {
        KafkaDepthSinkConfig config =
            new KafkaDepthSinkConfig(
                KafkaClientConfig.of(broker.bootstrapServers()),
                TopicSpec.DEPTH,
                packing,
                true,
                true);
        try (KafkaDepthSink sink = new KafkaDepthSink(config, CameraIdentity.of("r2", "front"))) {
          for (int i = 0; i < 3; i++) {
            long sequence = 3L * packing.ordinal() + i;
            try (DepthMap map = ruled(sequence)) {
              sink.accept(map);
              sink.accept(map); // A repetition, which it is to drop.
            }
          }
          assertThat(sink.publisher().flush(Duration.ofSeconds(60))).isTrue();
        }
      }
      List<String> lines =
          run("--bootstrap-servers", broker.bootstrapServers(), "--count", "6").lines().toList();
      assertThat(lines).hasSize(6);
      for (int i = 0; i < 6; i++) {
        assertThat(lines.get(i))
            .isEqualTo("r2/front %d-%d 80x16 valid 128 median 0.8350".formatted(STAMP + i, i));
      }
    }
  }

  @Test
  void shouldReadTheBytesOfEveryReleasedSchema() throws Exception {
    assumeTools("import google.protobuf, numpy, cv2");
    for (int version = 1; version <= 2; version++) {
      Path file = Path.of("src/test/resources/rackfocus/v1/depth_frame-" + version + ".bin");
      assertThat(run("--file", file.toString()))
          .isEqualTo(
              "old-robot/old-camera 1763640000123456789-4711 80x16 valid 143 median 0.8390\n");
    }
  }

  private static DepthMap ruled(long sequence) {
    return TestDepthMaps.fillByRule(TestDepthMaps.scene(80, 16, STAMP + sequence, sequence));
  }

  private static void assumeTools(String imports) throws IOException, InterruptedException {
    for (List<String> tool :
        List.of(List.of(PYTHON, "-c", imports), List.of("protoc", "--version"))) {
      boolean there;
      try {
        there =
            new ProcessBuilder(tool)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor()
                == 0;
      } catch (IOException e) {
        there = false;
      }
      assumeTrue(there, String.join(" ", tool) + " does not work here");
    }
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON, EXAMPLE.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }
}
