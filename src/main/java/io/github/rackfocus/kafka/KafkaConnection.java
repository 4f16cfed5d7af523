package io.github.rackfocus.kafka;

import io.github.rackfocus.frame.ThrottledLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer whose broker may come at any time. A thread of its own looks for the broker and its
 * topic until they are there, so that the first map finds them known; it makes the topic where that
 * is wanted, and it makes the producer as soon as the broker's name resolves, without which Kafka's
 * client can't even be built. Thread-safe.
 */
final class KafkaConnection {
  private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);
  private static final long RETRY_MILLIS = 500;
  private static final int ADMIN_TIMEOUT_MILLIS = 5_000;

  /** Kafka's sender waits so long for a mute broker, even while it is being closed. */
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  /** Room for the batches that Kafka's buffer is cut into, a record at least one. */
  private static final int BATCH_BYTES = 16 << 10;

  /** A client that has just been made takes a moment to find its broker: nothing to report yet. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private final KafkaSinkConfig config;
  private final long begunNanos = System.nanoTime();
  private final Map<String, Object> settings;
  private final ThrottledLog trouble = new ThrottledLog(log);
  private final Thread seeker;
  private volatile @Nullable Producer<String, byte[]> producer;
  private volatile boolean closed;

  /**
   * @throws IllegalArgumentException if Kafka refuses a setting
   */
  KafkaConnection(KafkaSinkConfig config) {
    this.config = config;
    this.settings = settings(config);
    try {
      Map<String, Object> checked = new HashMap<>(settings);
      checked.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
      checked.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
      new ProducerConfig(checked);
      if (isResolvable(config.bootstrapServers())) {
        producer = newProducer();
      }
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + sentence(e), e);
    }
    this.seeker = new Thread(this::seek, "kafka-seek");
    seeker.setDaemon(true);
    seeker.start();
  }

  /** The producer, or null as long as the broker's name does not resolve. */
  @Nullable Producer<String, byte[]> producer() {
    return producer;
  }

  static Map<String, Object> settings(KafkaSinkConfig config) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        (int) Math.min(REQUEST_TIMEOUT_MILLIS, config.deliveryTimeout().toMillis() / 2));
    settings.putAll(config.producerProperties());
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    // With "rebootstrap", the default, a send after the broker's death blocks for all of
    // max.block.ms and loses its record; with "none" it keeps the record and returns at once.
    settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, config.maxBlock().toMillis());
    settings.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) config.deliveryTimeout().toMillis());
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.maxRecordBytes());
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    // More than the sink lets out, so that a send never waits for memory.
    settings.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        config.maxOutstandingBytes() + 2L * BATCH_BYTES * (config.maxOutstandingRecords() + 1L));
    return settings;
  }

  private Producer<String, byte[]> newProducer() {
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** Whether any of the hosts has an address; also false for what is not host:port. */
  static boolean isResolvable(String servers) {
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

  private void seek() {
    boolean creates = config.createTopics();
    while (!closed) {
      try {
        if (producer == null) {
          makeProducer();
        }
        if (creates && createTopic()) {
          creates = false;
        }
        if (sawTopic()) {
          return;
        }
        Thread.sleep(RETRY_MILLIS);
      } catch (InterruptedException | InterruptException e) {
        return; // Only close interrupts.
      } catch (KafkaException e) {
        say(sentence(e));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
      }
    }
  }

  private synchronized void makeProducer() {
    if (closed) {
      return;
    }
    if (isResolvable(config.bootstrapServers())) {
      producer = newProducer();
    } else {
      say("no address is known for that name");
    }
  }

  private boolean sawTopic() {
    Producer<String, byte[]> current = producer;
    if (current == null) {
      return false;
    }
    try {
      int partitions = current.partitionsFor(config.topic()).size();
      log.info(
          "kafka: topic {} at {} is there, {} partition{}",
          config.topic(),
          config.bootstrapServers(),
          partitions,
          partitions == 1 ? "" : "s");
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      say(sentence(e));
      return false;
    }
  }

  private void say(String reason) {
    if (!closed && System.nanoTime() - begunNanos > PATIENCE_NANOS) {
      trouble.warn(
          "kafka: topic {} at {} is not to be had yet; maps are lost and counted until it is: {}",
          config.topic(),
          config.bootstrapServers(),
          reason);
    }
  }

  private boolean createTopic() throws InterruptedException {
    if (producer == null) {
      return false;
    }
    Map<String, Object> adminSettings = new HashMap<>(config.producerProperties());
    adminSettings.keySet().retainAll(AdminClientConfig.configNames());
    adminSettings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    adminSettings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MILLIS);
    adminSettings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MILLIS);
    // Minutes: who plans with depth wants it now; archives are for consumers to keep.
    NewTopic topic =
        new NewTopic(config.topic(), Optional.empty(), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                        String.valueOf(Duration.ofMinutes(10).toMillis()),
                    TopicConfig.SEGMENT_MS_CONFIG,
                        String.valueOf(Duration.ofMinutes(1).toMillis())));
    Admin admin = Admin.create(adminSettings);
    try {
      admin.createTopics(List.of(topic)).all().get();
      log.info("kafka: created topic {} at {}", config.topic(), config.bootstrapServers());
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return true;
      }
      say(sentence(e));
      return false;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** The innermost message: the outer ones of Kafka's client only say that something failed. */
  static String sentence(Throwable fault) {
    Throwable inner = fault;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    String message = inner.getMessage();
    return message == null ? inner.getClass().getSimpleName() : message;
  }

  /**
   * Ends the producer; afterwards every send has ended.
   *
   * @param patience how long to wait for sends under way; a broker that took the connection and
   *     does not answer adds up to 5 s
   */
  void close(Duration patience) {
    closed = true;
    seeker.interrupt();
    try {
      seeker.join(ADMIN_TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      Producer<String, byte[]> current = producer;
      if (current != null) {
        current.close(patience);
      }
    }
  }
}
