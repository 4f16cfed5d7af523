package io.github.rackfocus.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates Kafka producers that never lose, repeat or reorder the records of a key. */
public final class ProducerFactory {
  private static final Logger LOG = LoggerFactory.getLogger(ProducerFactory.class);

  /** A request to a broker that hangs fails after this time and is sent again. */
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  /** Only the sender's thread waits this long, for a topic whose metadata is missing. */
  private static final long MAX_BLOCK_MILLIS = 1_000;

  /** Size of the batches into which Kafka divides its buffer; each holds at least one record. */
  private static final int BATCH_BYTES = 16 << 10;

  private final KafkaClientConfig config;
  private final Function<Map<String, Object>, Producer<String, byte[]>> constructor;

  /**
   * @throws IllegalArgumentException if Kafka rejects a property, or a secret cannot be read
   */
  ProducerFactory(KafkaClientConfig config) {
    this(
        config,
        properties ->
            new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer()));
  }

  ProducerFactory(
      KafkaClientConfig config,
      Function<Map<String, Object>, Producer<String, byte[]>> constructor) {
    this.config = config;
    this.constructor = constructor;
    Map<String, Object> checked = producerProperties(config);
    checked.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    checked.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    try {
      new ProducerConfig(checked);
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + KafkaErrors.message(e), e);
    }
  }

  /** The properties of a producer, secrets included. */
  public static Map<String, Object> producerProperties(KafkaClientConfig config) {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    all.putAll(Secrets.resolve(config.properties()));
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    // A broker accepts any first sequence number from a producer that is new to a partition. If the
    // first request fails because the leader is not ready, and a second one in flight succeeds, the
    // first stays out of order and the producer is stuck.
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    // With "rebootstrap", the default, a send after the broker has died blocks for max.block.ms and
    // loses its record; with "none" the producer keeps the record and returns at once.
    all.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    // A record that the client gives up may have been written all the same, and later records would
    // then precede its repetition. Records that wait too long are dropped before the client has
    // them.
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.bounds().maxRecordBytes());
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    // Room for all records in flight, so that a send never waits for memory.
    all.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        (config.bounds().inFlightRecords() + 1L)
            * (config.bounds().maxRecordBytes() + 2L * BATCH_BYTES));
    return all;
  }

  /**
   * Creates a producer, which the caller closes.
   *
   * @throws KafkaException if no broker's name resolves, which Kafka's client requires, or the
   *     client rejects a property
   */
  Producer<String, byte[]> newProducer() {
    if (!isResolvable(config.bootstrapServers())) {
      throw new KafkaException("the host name does not resolve");
    }
    try {
      return constructor.apply(producerProperties(config));
    } catch (IllegalArgumentException e) {
      throw new KafkaException(KafkaErrors.message(e), e);
    }
  }

  /** Whether any host of a {@code host:port} list has an address. */
  public static boolean isResolvable(String servers) {
    for (String server : servers.split(",")) {
      String host = server.strip().replaceFirst("^.*://", "").replaceFirst(":\\d+$", "");
      try {
        InetAddress.getByName(host);
        return true;
      } catch (UnknownHostException e) {
        LOG.debug("{} does not resolve", host, e);
      }
    }
    return false;
  }
}
