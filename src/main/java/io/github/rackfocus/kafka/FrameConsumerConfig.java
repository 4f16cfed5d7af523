package io.github.rackfocus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/**
 * Where a worker takes frames from, and with whom it shares them.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param topic default {@link KafkaFrameSinkConfig#DEFAULT_TOPIC}
 * @param group workers of one group share the topic's partitions
 * @param sessionTimeout after which a worker that is silent has lost its partitions to the others
 * @param properties passed on to Kafka's consumer, such as TLS and SASL settings; those that are
 *     not a consumer's are left out. Never logged. {@link #OWN_KEYS} are refused
 */
public record FrameConsumerConfig(
    String bootstrapServers,
    String topic,
    String group,
    Duration sessionTimeout,
    Map<String, String> properties) {

  /** Consumer settings that the worker's promises rest on. */
  public static final Set<String> OWN_KEYS =
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

  /** Few, so that the worker looks after its group between them. */
  private static final int RECORDS_A_POLL = 32;

  /** A worker that can't come back to its group within this has stuck. */
  private static final int STUCK_MILLIS = 60_000;

  /** What the client holds of fetched records at most, but for one larger batch. */
  private static final int FETCH_BYTES = 16 << 20;

  /** Several heartbeats must be lost before a worker is thought dead. */
  private static final int HEARTBEATS_A_SESSION = 6;

  public FrameConsumerConfig {
    properties = Map.copyOf(properties);
    if (group.isBlank()) {
      throw new IllegalArgumentException("the worker's group is empty; expected a name");
    }
    // Brokers are accepted here and overridden below.
    Map<String, String> own = new HashMap<>(properties);
    own.remove(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
    ReservedProperties.requireNone(own, OWN_KEYS, "worker");
  }

  /** Returns the properties of Kafka's consumer, with secrets resolved. */
  public Map<String, Object> consumerProperties() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    settings.putAll(Secrets.resolve(properties));
    settings.keySet().retainAll(ConsumerConfig.configNames());
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // A group that is new begins with what is kept; if that is too old, it is skipped and counted.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    int session = (int) sessionTimeout.toMillis();
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / HEARTBEATS_A_SESSION);
    settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Math.max(STUCK_MILLIS, session));
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_A_POLL);
    return settings;
  }

  /** Names the properties passed on, but never their values: passwords are among them. */
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
