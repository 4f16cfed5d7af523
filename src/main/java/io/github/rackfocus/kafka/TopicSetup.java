package io.github.rackfocus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a topic, creates it if configured, and reads its record limit. Not thread-safe. */
public class TopicSetup {
  private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
  private static final int TIMEOUT_MILLIS = 5_000;

  /** Kafka deletes whole segments, so a topic's retention is divided into several of them. */
  private static final int SEGMENTS_PER_RETENTION = 10;

  private final KafkaClientConfig config;
  private final TopicSpec topic;
  private boolean exists;

  public TopicSetup(KafkaClientConfig config, TopicSpec topic) {
    this.config = config;
    this.topic = topic;
  }

  /**
   * Creates the topic if it does not exist.
   *
   * @throws KafkaException if the broker is unavailable or rejects the request
   */
  public void create() throws InterruptedException {
    if (exists) {
      return;
    }
    NewTopic wanted =
        new NewTopic(topic.name(), Optional.empty(), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(topic.retention().toMillis()),
                    TopicConfig.SEGMENT_MS_CONFIG,
                    String.valueOf(topic.retention().toMillis() / SEGMENTS_PER_RETENTION),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    String.valueOf(config.bounds().maxRecordBytes())));
    try {
      request(admin -> admin.createTopics(List.of(wanted)).all());
      LOG.info(
          "Kafka topic {} was created at {} with a retention of {}",
          topic.name(),
          config.bootstrapServers(),
          topic.retention());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(KafkaErrors.message(e), e);
      }
    }
    exists = true;
  }

  /**
   * Finds the topic, after creating it if configured.
   *
   * @return size of the largest record to send, in bytes
   * @throws KafkaException if the topic is unavailable
   */
  int find(Producer<String, byte[]> producer) throws InterruptedException {
    if (config.createTopics()) {
      create();
    }
    int partitions = producer.partitionsFor(topic.name()).size();
    LOG.info(
        "Kafka topic {} at {} is available with {} partition{}",
        topic.name(),
        config.bootstrapServers(),
        partitions,
        partitions == 1 ? "" : "s");
    return largestRecord();
  }

  /**
   * Returns the size of the largest record to send, in bytes: the configured limit, or the topic's
   * if that is smaller, which is logged.
   */
  public int largestRecord() throws InterruptedException {
    int configured = config.bounds().maxRecordBytes();
    long limit = topicLimit();
    if (limit < 0) {
      return configured;
    }
    if (limit < configured) {
      LOG.warn(
          "Kafka topic {} accepts records of at most {} bytes, less than maxRecordBytes = {}: larger"
              + " records are lost and counted; raise max.message.bytes of the topic",
          topic.name(),
          limit,
          configured);
      return (int) limit;
    }
    LOG.info(
        "Kafka topic {} accepts records of {} bytes; at most {} are sent",
        topic.name(),
        limit,
        configured);
    return configured;
  }

  /** Whether the broker answers a request about the topic now. */
  boolean answers() throws InterruptedException {
    try {
      request(admin -> admin.describeTopics(List.of(topic.name())).allTopicNames());
      return true;
    } catch (ExecutionException e) {
      LOG.debug("Kafka topic {} cannot be described", topic.name(), e);
      return false;
    }
  }

  /** The topic's max.message.bytes, own or inherited from the broker; −1 if it cannot be read. */
  private long topicLimit() throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    try {
      Config found = request(admin -> admin.describeConfigs(List.of(resource)).all()).get(resource);
      ConfigEntry entry = found == null ? null : found.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      return entry == null ? -1 : Long.parseLong(entry.value());
    } catch (ExecutionException e) {
      LOG.info(
          "Record limit of Kafka topic {} cannot be read: {}; using maxRecordBytes = {}",
          topic.name(),
          KafkaErrors.message(e),
          config.bounds().maxRecordBytes());
      return -1;
    }
  }

  private <T> T request(Function<Admin, KafkaFuture<T>> call)
      throws InterruptedException, ExecutionException {
    Admin admin = Admin.create(adminProperties());
    try {
      return call.apply(admin).get();
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private Map<String, Object> adminProperties() {
    Map<String, Object> all = new HashMap<>(Secrets.resolve(config.properties()));
    all.keySet().retainAll(AdminClientConfig.configNames());
    all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    return all;
  }
}
