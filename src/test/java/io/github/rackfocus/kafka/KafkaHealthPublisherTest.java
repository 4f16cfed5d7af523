package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.TopicHealth;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KafkaHealthPublisherTest {
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T12:00:00.5Z"));

  private static EmbeddedKafkaBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedKafkaBroker.start();
  }

  @AfterAll
  static void stopBroker() throws IOException {
    broker.close();
  }

  @Test
  void shouldPublishLossesAtAnIntervalAndTheLastCountsAtTheEnd() throws Exception {
    KafkaClientConfig lost =
        KafkaClientConfig.of("127.0.0.1:" + EmbeddedKafkaBroker.freePorts()[0])
            .withBounds(new KafkaClientConfig.Bounds(2, 1, 1 << 20));
    KafkaPublisher depth = new KafkaPublisher(lost, TopicSpec.DEPTH, CLOCK);
    KafkaHealthPublisher health = publisher("health", false, depth);
    try (health) {
      await().atMost(Duration.ofSeconds(60)).until(() -> health.counts().acknowledged() >= 2);
      for (int i = 0; i < 5; i++) {
        depth.publish(new OutgoingRecord("k", List.of(), new byte[1]));
      }
      depth.close();
    }
    List<ConsumerRecord<String, byte[]>> records =
        TopicReader.readAll(broker.bootstrapServers(), "health");
    assertThat(records).hasSizeGreaterThan(2);
    Health first = Health.parseFrom(records.get(0).value());
    Health last = Health.parseFrom(records.get(records.size() - 1).value());
    assertThat(records.get(0).key()).isEqualTo("r2/front");
    assertThat(TopicReader.header(records.get(0), "ce_type")).isEqualTo("rackfocus.health.v1");
    assertThat(TopicReader.header(records.get(0), "content-type"))
        .isEqualTo("application/protobuf");
    assertThat(first.getSequence()).isLessThan(last.getSequence());
    assertThat(first.getFrames()).isEqualTo(11);
    assertThat(first.getRobot()).isEqualTo("r2");
    assertThat(first.getStampNs()).isEqualTo(CLOCK.millis() * 1_000_000);
    TopicHealth topic = last.getTopics(0);
    assertThat(topic.getTopic()).isEqualTo("rackfocus.depth.v1");
    assertThat(topic.getOnOutage()).isEqualTo("freshest");
    assertThat(topic.getOffered()).isEqualTo(5);
    assertThat(topic.getLostMap()).containsEntry("queueFull", 3L).containsEntry("closed", 2L);
    assertThat(broker.topicSetting("health", "retention.ms"))
        .isEqualTo(String.valueOf(Duration.ofDays(7).toMillis()));
  }

  @Test
  void shouldWriteJsonOnRequest() throws Exception {
    KafkaHealthPublisher health = publisher("health-json", true);
    try (health) {
      await().atMost(Duration.ofSeconds(60)).until(() -> health.counts().acknowledged() >= 1);
    }
    ConsumerRecord<String, byte[]> record =
        TopicReader.readAll(broker.bootstrapServers(), "health-json").get(0);
    assertThat(TopicReader.header(record, "content-type")).isEqualTo("application/json");
    JsonNode json = new ObjectMapper().readTree(record.value());
    assertThat(json.get("frames").textValue()).isEqualTo("11");
    assertThat(json.get("camera").textValue()).isEqualTo("front");
  }

  private static KafkaHealthPublisher publisher(
      String topic, boolean json, KafkaPublisher... topics) throws IOException {
    KafkaHealthPublisher publisher =
        new KafkaHealthPublisher(
            KafkaClientConfig.of(broker.bootstrapServers()).withCreateTopics(true),
            new KafkaHealthConfig(TopicSpec.HEALTH.named(topic), Duration.ofMillis(50), json),
            CAMERA,
            List.of(topics),
            CLOCK);
    publisher.start(() -> Health.newBuilder().setRole("node").setFrames(11));
    return publisher;
  }
}
