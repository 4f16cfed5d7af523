package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes producers for a topic whose broker may come at any time: as soon as the broker's name
 * resolves, without which Kafka's client can't even be built, and the topic is there. For the
 * sender's thread.
 */
public final class ProducerFactory {
  private static final Logger log = LoggerFactory.getLogger(ProducerFactory.class);

  /** A broker that hangs is given up after so long, and its records are sent again. */
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  /** Only the sender's thread waits so long, for a topic that is not known yet. */
  private static final long MAX_BLOCK_MILLIS = 1_000;

  /** Room for the batches that Kafka's buffer is cut into, a record at least one. */
  private static final int BATCH_BYTES = 16 << 10;

  /** A client that has just been made takes a moment to find its broker: nothing to report yet. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A trouble that stays is said again after so long. */
  private static final long REMINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final KafkaClientConfig settings;
  private final TopicSetup topic;
  private final Function<Map<String, Object>, Producer<String, byte[]>> factory;
  private final long begunNanos = System.nanoTime();
  private String said = "";
  private long saidNanos;

  /**
   * @throws IllegalArgumentException if Kafka refuses a setting, or a secret can't be had
   */
  ProducerFactory(
      KafkaClientConfig settings,
      TopicSetup topic,
      Function<Map<String, Object>, Producer<String, byte[]>> factory) {
    this.settings = settings;
    this.topic = topic;
    this.factory = factory;
    Map<String, Object> checked = producerSettings(settings);
    checked.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    checked.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    try {
      new ProducerConfig(checked);
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + sentence(e), e);
    }
  }

  /** Kafka's own producer, whose sender thread is a daemon. */
  static Producer<String, byte[]> kafkaProducer(Map<String, Object> settings) {
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  public static Map<String, Object> producerSettings(KafkaClientConfig settings) {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    all.putAll(Secrets.resolve(settings.properties()));
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    // On a partition that knows nothing of a producer a broker takes any sequence number first: if
    // the first request fails (its leader is not ready yet) and the second, already under way, does
    // not, the first is out of order for ever and the producer stuck.
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    // With "rebootstrap", the default, a send after the broker's death blocks for all of
    // max.block.ms and loses its record; with "none" it keeps the record and returns at once.
    all.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    // A record given up by the client may have arrived all the same, and those behind it then
    // overtake its repetition; what waits too long is dropped before it is handed to the client.
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.bounds().maxRecordBytes());
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    // As much as may be in flight, so that a send never waits for memory.
    all.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        (settings.bounds().inFlightRecords() + 1L) * (settings.bounds().maxRecordBytes() + 2L * BATCH_BYTES));
    return all;
  }

  /**
   * A producer, as soon as the broker's name has an address.
   *
   * @return null if it has none
   */
  @Nullable Producer<String, byte[]> newProducer() {
    if (!isResolvable(settings.bootstrapServers())) {
      say("no address is known for that name");
      return null;
    }
    try {
      return factory.apply(producerSettings(settings));
    } catch (KafkaException | IllegalArgumentException e) {
      say(sentence(e));
      return null;
    }
  }

  /** Whether any of the hosts has an address; also false for what is not host:port. */
  public static boolean isResolvable(String servers) {
    for (String server : servers.split(",")) {
      String host = server.strip().replaceFirst("^.*://", "").replaceFirst(":\\d+$", "");
      try {
        InetAddress.getByName(host);
        return true;
      } catch (UnknownHostException e) {
        log.debug("{} does not resolve", host, e);
      }
    }
    return false;
  }

  /**
   * Looks for the topic, which is made where that is wanted, and for what it takes.
   *
   * @return the largest record that it takes, in bytes; 0 if the topic is not to be had yet
   */
  int findTopic(Producer<String, byte[]> producer) throws InterruptedException {
    try {
      if (settings.createTopics()) {
        topic.create();
      }
      int partitions = producer.partitionsFor(topic.name()).size();
      log.info(
          "kafka: topic {} at {} is there, {} partition{}",
          topic.name(),
          settings.bootstrapServers(),
          partitions,
          partitions == 1 ? "" : "s");
      return topic.largestRecord();
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      say(sentence(e));
      return 0;
    }
  }

  /** Whether the broker answers another client about the topic. */
  boolean answers() throws InterruptedException {
    return topic.answers();
  }

  /** Kafka's exception sets the flag again; ours tells the same, by clearing it. */
  static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted();
    return (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
  }

  private void say(String reason) {
    long now = System.nanoTime();
    boolean news = !reason.equals(said) || now - saidNanos > REMINDER_NANOS;
    if (now - begunNanos > PATIENCE_NANOS && news) {
      said = reason;
      saidNanos = now;
      log.warn(
          "kafka: topic {} at {} is not to be had yet: {}; {}",
          topic.name(),
          settings.bootstrapServers(),
          reason,
          whatHappensMeanwhile());
    }
  }

  /** What becomes of records during an outage. */
  String whatHappensMeanwhile() {
    SpoolConfig spool = settings.spool();
    return spool == null
        ? "the newest " + settings.bounds().queueRecords() + " records wait, older ones are lost and counted"
        : "records wait in " + spool.folder();
  }

  /** The innermost message: the outer ones of Kafka's client only say that something failed. */
  public static String sentence(Throwable fault) {
    Throwable inner = fault;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    String message = inner.getMessage();
    return message == null ? inner.getClass().getSimpleName() : message;
  }
}
