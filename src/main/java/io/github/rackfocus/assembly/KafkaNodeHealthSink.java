package io.github.rackfocus.assembly;

import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.KafkaHealthPublisher;
import io.github.rackfocus.kafka.KafkaPublisher;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.node.HealthSink;
import io.github.rackfocus.node.NodeHealth;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** Publishes a node's health to Kafka. */
final class KafkaNodeHealthSink implements HealthSink {
  private final KafkaHealthPublisher publisher;

  /**
   * @param topics publishers whose counts are part of the health
   * @throws IllegalArgumentException if Kafka rejects a setting
   */
  KafkaNodeHealthSink(
      KafkaClientConfig kafka,
      KafkaHealthConfig health,
      CameraIdentity identity,
      List<KafkaPublisher> topics)
      throws IOException {
    publisher = new KafkaHealthPublisher(kafka, health, identity, topics, InstantSource.system());
  }

  @Override
  public void start(Supplier<NodeHealth> health) {
    publisher.start(() -> NodeHealthReport.of(health.get()));
  }

  @Override
  public void close() {
    publisher.close();
  }
}
