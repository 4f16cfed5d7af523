package io.github.rackfocus.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Where depth maps are sent and within which bounds.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param topic default {@link #DEFAULT_TOPIC}
 * @param createTopics whether the topic is created if it is not there; default false, since in
 *     earnest an operator decides on partitions and retention
 * @param packing default PNG16
 * @param withUncertainty whether maps carry their uncertainty; default true
 * @param maxBlock longest time that taking a map may wait for a broker not heard of yet; default
 *     100 ms
 * @param deliveryTimeout how long a map is tried before it is given up; default 30 s
 * @param closeTimeout how long close waits for what is under way; default 5 s
 * @param maxOutstandingRecords maps that may wait for an acknowledgement; default 64
 * @param maxOutstandingBytes and their bytes; default 32 MiB
 * @param maxRecordBytes largest record, headers included; default 1 MiB, as brokers have it
 * @param producerProperties passed on to Kafka's producer, such as TLS and SASL settings, {@code
 *     linger.ms} (default 0: a map is worth more now than in a batch) or {@code compression.type}
 *     (default none: PNG is compressed already). Never logged. The keys that the bounds above rest
 *     on ({@link #OWN_KEYS}) are refused
 */
public record KafkaSinkConfig(
    String bootstrapServers,
    String topic,
    boolean createTopics,
    DepthPacking packing,
    boolean withUncertainty,
    Duration maxBlock,
    Duration deliveryTimeout,
    Duration closeTimeout,
    int maxOutstandingRecords,
    long maxOutstandingBytes,
    int maxRecordBytes,
    Map<String, String> producerProperties) {

  public static final String DEFAULT_TOPIC = "rackfocus.depth.v1";

  /** Producer settings that this sink's promises rest on. */
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
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          ProducerConfig.BATCH_SIZE_CONFIG,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG);

  public KafkaSinkConfig {
    producerProperties = Map.copyOf(producerProperties);
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "kafka: bootstrapServers is empty; expected host:port, comma separated");
    }
    Set<String> taken = new TreeSet<>(producerProperties.keySet());
    taken.retainAll(OWN_KEYS);
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          "kafka: producerProperties has "
              + String.join(", ", taken)
              + ", which the sink sets itself; leave it out");
    }
    atLeast("maxOutstandingRecords", maxOutstandingRecords, 1);
    atLeast("maxRecordBytes", maxRecordBytes, 1024);
    atLeast("maxOutstandingBytes", maxOutstandingBytes, maxRecordBytes);
    within("maxBlock", maxBlock, 1, 10_000);
    within("closeTimeout", closeTimeout, 0, 600_000);
    within("deliveryTimeout", deliveryTimeout, 1_000, 86_400_000);
  }

  /** The defaults for a broker. */
  public static KafkaSinkConfig of(String bootstrapServers) {
    return new KafkaSinkConfig(
        bootstrapServers,
        DEFAULT_TOPIC,
        false,
        DepthPacking.PNG16,
        true,
        Duration.ofMillis(100),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        64,
        32L << 20,
        1 << 20,
        Map.of());
  }

  /** The same for another topic. */
  public KafkaSinkConfig forTopic(String other) {
    return new KafkaSinkConfig(
        bootstrapServers,
        other,
        createTopics,
        packing,
        withUncertainty,
        maxBlock,
        deliveryTimeout,
        closeTimeout,
        maxOutstandingRecords,
        maxOutstandingBytes,
        maxRecordBytes,
        producerProperties);
  }

  /** The name of this machine in a form that {@link CameraIdentity} takes: the default robot. */
  public static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "localhost"; // A machine without a name still has this one.
    }
    String plain = name.replaceAll("[^A-Za-z0-9._~-]", "-").replaceAll("^[._~-]+", "");
    return plain.isEmpty() ? "localhost" : plain.substring(0, Math.min(plain.length(), 128));
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "kafka: " + name + " is " + value + "; expected " + least + " or more");
    }
  }

  private static void within(String name, Duration value, long leastMillis, long mostMillis) {
    if (value.toMillis() < leastMillis || value.toMillis() > mostMillis) {
      throw new IllegalArgumentException(
          "kafka: "
              + name
              + " is "
              + value.toMillis()
              + " ms; expected "
              + leastMillis
              + " to "
              + mostMillis
              + " ms");
    }
  }

  /** Names the properties passed on, but never their values: passwords are among them. */
  @Override
  public String toString() {
    return "KafkaSinkConfig["
        + bootstrapServers
        + ", topic "
        + topic
        + ", createTopics "
        + createTopics
        + ", "
        + packing
        + ", producerProperties "
        + new TreeSet<>(producerProperties.keySet())
        + "]";
  }
}
