package io.github.rackfocus.kafka;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Properties of Kafka's clients that cannot be configured, because delivery guarantees depend on
 * the values that are set here.
 */
public final class ReservedProperties {
  /** Reserved for the producers of {@link KafkaPublisher}. */
  private static final Set<String> PRODUCER =
      Set.of(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          ProducerConfig.RETRIES_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          ProducerConfig.BATCH_SIZE_CONFIG,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG);

  /** Reserved for the consumers of workers. */
  private static final Set<String> CONSUMER =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
          ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
          ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private ReservedProperties() {}

  /**
   * Checks the properties for a publisher's producer.
   *
   * @throws IllegalArgumentException if any is reserved; the message names them
   */
  public static void checkProducer(Map<String, String> properties) {
    check(properties, PRODUCER, "publisher");
  }

  /**
   * Checks the properties for a worker's consumer.
   *
   * @throws IllegalArgumentException if any is reserved; the message names them
   */
  public static void checkConsumer(Map<String, String> properties) {
    check(properties, CONSUMER, "worker");
  }

  private static void check(Map<String, String> properties, Set<String> reserved, String owner) {
    Set<String> found = new TreeSet<>(properties.keySet());
    found.retainAll(reserved);
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "properties has "
              + String.join(", ", found)
              + ", which the "
              + owner
              + " sets itself; remove it");
    }
  }
}
