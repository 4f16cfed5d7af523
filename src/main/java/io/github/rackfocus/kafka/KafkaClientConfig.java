package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How records reach a broker, and within which bounds they wait while it is away.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param createTopics whether a topic is created if it is not there; default false, since in
 *     earnest an operator decides on partitions and retention
 * @param spool where records wait on disk during an outage ({@code onOutage: spool}); null: the
 *     newest wait in memory, older ones are dropped and counted ({@code onOutage: freshest})
 * @param bounds of the records that wait
 * @param closeTimeout how long close waits for what is under way; default 5 s
 * @param properties passed on to Kafka's clients, such as TLS and SASL settings, {@code linger.ms}
 *     (default 0: a map is worth more now than in a batch) or {@code compression.type} (default
 *     none: PNG is compressed already). Values may name a file or an environment variable, see
 *     {@link Secrets}; they are never logged. The keys that the promises here rest on ({@link
 *     #OWN_KEYS}) are refused
 */
@RecordBuilder
public record KafkaClientConfig(
    String bootstrapServers,
    boolean createTopics,
    @Nullable SpoolConfig spool,
    Bounds bounds,
    Duration closeTimeout,
    Map<String, String> properties)
    implements KafkaClientConfigBuilder.With {

  /** Producer settings that the publisher's promises rest on. */
  public static final Set<String> OWN_KEYS =
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

  /**
   * Bounds of what waits for the broker.
   *
   * @param queueRecords without a spool, records that wait in memory; default 16
   * @param inFlightRecords records sent and not acknowledged, which are resent until they are;
   *     default 16
   * @param maxRecordBytes largest record, headers included; default 1 MiB, the brokers' default
   */
  public record Bounds(int queueRecords, int inFlightRecords, int maxRecordBytes) {
    public Bounds {
      within("queueRecords", queueRecords, 1, 100_000);
      within("inFlightRecords", inFlightRecords, 1, 1_000);
      within("maxRecordBytes", maxRecordBytes, 2 * OutgoingRecord.OVERHEAD_BYTES, 64 << 20);
    }
  }

  public KafkaClientConfig {
    properties = Map.copyOf(properties);
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "kafka: bootstrapServers is empty; expected host:port, comma separated");
    }
    ReservedProperties.requireNone(properties, OWN_KEYS, "publisher");
    within("closeTimeout in ms", closeTimeout.toMillis(), 0, 600_000);
  }

  /** The defaults for a broker: freshest. */
  public static KafkaClientConfig of(String bootstrapServers) {
    return new KafkaClientConfig(
        bootstrapServers,
        false,
        null,
        new Bounds(16, 16, 1 << 20),
        Duration.ofSeconds(5),
        Map.of());
  }

  private static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "kafka: " + name + " is " + value + "; expected " + least + " to " + most);
    }
  }

  /** Names the properties passed on, but never their values: passwords are among them. */
  @Override
  public String toString() {
    return "KafkaClientConfig["
        + bootstrapServers
        + ", createTopics "
        + createTopics
        + ", "
        + (spool == null ? "freshest of " + bounds.queueRecords() : spool)
        + ", properties "
        + new TreeSet<>(properties.keySet())
        + "]";
  }
}
