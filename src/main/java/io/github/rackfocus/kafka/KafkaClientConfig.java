package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a broker and the limits for records that wait for it.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param createTopics whether missing topics are created; default false, because in production an
 *     operator chooses partitions and retention
 * @param spool where records wait on disk during an outage ({@code onOutage: spool}). If null, the
 *     newest wait in memory and older ones are dropped and counted ({@code onOutage: freshest})
 * @param bounds limits for records that wait
 * @param closeTimeout how long close waits for pending records; default 5 s
 * @param properties passed on to Kafka's clients, such as TLS and SASL settings, {@code linger.ms}
 *     (default 0: a map is worth more now than in a batch) or {@code compression.type} (default
 *     none, because PNG is compressed). Values may refer to a file or an environment variable, see
 *     {@link Secrets}; they are never logged. Must not contain {@link ReservedProperties}
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

  /**
   * Limits for records that wait for the broker.
   *
   * @param queueRecords most records that wait in memory without a spool; default 16
   * @param inFlightRecords most records sent and not acknowledged; default 16
   * @param maxRecordBytes size of the largest record, headers included; default 1 MiB, as in
   *     brokers
   */
  public record Bounds(int queueRecords, int inFlightRecords, int maxRecordBytes) {
    public Bounds {
      checkRange("queueRecords", queueRecords, 1, 100_000);
      checkRange("inFlightRecords", inFlightRecords, 1, 1_000);
      checkRange("maxRecordBytes", maxRecordBytes, 2 * OutgoingRecord.OVERHEAD_BYTES, 64 << 20);
    }
  }

  public KafkaClientConfig {
    properties = Map.copyOf(properties);
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "kafka: bootstrapServers is empty; expected host:port, comma-separated");
    }
    try {
      ReservedProperties.checkProducer(properties);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("kafka: " + e.getMessage(), e);
    }
    checkRange("closeTimeout in ms", closeTimeout.toMillis(), 0, 600_000);
  }

  /** The default configuration for a broker, without a spool. */
  public static KafkaClientConfig of(String bootstrapServers) {
    return new KafkaClientConfig(
        bootstrapServers,
        false,
        null,
        new Bounds(16, 16, 1 << 20),
        Duration.ofSeconds(5),
        Map.of());
  }

  private static void checkRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "kafka: " + name + " is " + value + "; expected " + min + " to " + max);
    }
  }

  /** Describes what happens to records during an outage, for the log. */
  String outagePolicy() {
    return spool == null
        ? "keeping the newest "
            + bounds.queueRecords()
            + " records, older ones are lost and counted"
        : "records wait in " + spool.folder();
  }

  /** Contains the names of the properties but not their values, which may be passwords. */
  @Override
  public String toString() {
    return "KafkaClientConfig["
        + bootstrapServers
        + ", createTopics "
        + createTopics
        + ", "
        + (spool == null ? "freshest " + bounds.queueRecords() : spool)
        + ", properties "
        + new TreeSet<>(properties.keySet())
        + "]";
  }
}
