package io.github.rackfocus.fleet;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.WorkerConfig;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.ReservedProperties;
import io.github.rackfocus.kafka.Secrets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/**
 * How a worker reads frames.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param topic topic of the frames
 * @param group consumer group; its workers share the topic's partitions
 * @param sessionTimeout silence after which a worker loses its partitions to the others
 * @param properties passed on to Kafka's consumer, such as TLS and SASL settings; those that are
 *     not a consumer's are ignored. Never logged. Must not contain {@link ReservedProperties}
 */
record FrameConsumerConfig(
    String bootstrapServers,
    String topic,
    String group,
    Duration sessionTimeout,
    Map<String, String> properties) {

  /** Few, so that the worker takes part in its group between them. */
  private static final int RECORDS_PER_POLL = 32;

  /** A worker that does not poll for this long is stuck and loses its partitions. */
  private static final int MAX_POLL_INTERVAL_MILLIS = 60_000;

  /** Most bytes that the client fetches ahead, except for a single larger batch. */
  private static final int FETCH_BYTES = 16 << 20;

  /** Several heartbeats must be lost before a worker is considered dead. */
  private static final int HEARTBEATS_PER_SESSION = 6;

  FrameConsumerConfig {
    properties = Map.copyOf(properties);
    if (group.isBlank()) {
      throw new IllegalArgumentException("group is ''; expected a name");
    }
    ReservedProperties.checkConsumer(properties);
  }

  /**
   * Returns the consumer's configuration of a worker. TLS and SASL settings are those of the sink
   * unless the worker has its own.
   *
   * @throws IllegalArgumentException if the configuration has no Kafka sink
   */
  static FrameConsumerConfig of(AppConfig config) {
    KafkaClientConfig kafka = config.workerSink().kafka();
    WorkerConfig.Consumer consumer = config.worker().consumer();
    Map<String, String> properties = new TreeMap<>(kafka.properties());
    properties.putAll(consumer.properties());
    return new FrameConsumerConfig(
        kafka.bootstrapServers(),
        consumer.topic().name(),
        consumer.group(),
        consumer.sessionTimeout(),
        properties);
  }

  /** The properties of the consumer, secrets included. */
  Map<String, Object> consumerProperties() {
    Map<String, Object> all = new HashMap<>();
    all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    all.putAll(Secrets.resolve(properties));
    all.keySet().retainAll(ConsumerConfig.configNames());
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    all.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // A new group starts with the oldest records; those that are too old are skipped and counted.
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    int session = (int) sessionTimeout.toMillis();
    all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
    all.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / HEARTBEATS_PER_SESSION);
    all.put(
        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Math.max(MAX_POLL_INTERVAL_MILLIS, session));
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
    return all;
  }

  /** Contains the names of the properties but not their values, which may be passwords. */
  @Override
  public String toString() {
    return "FrameConsumerConfig["
        + bootstrapServers
        + ", topic "
        + topic
        + ", group "
        + group
        + ", properties "
        + new TreeSet<>(properties.keySet())
        + "]";
  }
}
