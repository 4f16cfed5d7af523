package io.github.rackfocus.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows all partitions of topics without a consumer group, so that it does not affect other
 * consumers. Topics may be created later. Not thread-safe.
 */
public final class TopicTail implements AutoCloseable {
  /**
   * A record.
   *
   * @param topic its topic
   * @param key {@code robot/camera}
   * @param id CloudEvents id, null if it has none
   * @param contentType of the value, null if it has none
   * @param sentMillis time of sending, milliseconds since 1970
   * @param value the message
   */
  public record Found(
      String topic,
      @Nullable String key,
      @Nullable String id,
      @Nullable String contentType,
      long sentMillis,
      byte[] value) {}

  private static final int TIMEOUT_MILLIS = 5_000;

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<String> topics;
  private final boolean fromBeginning;
  private final Set<TopicPartition> assigned = new LinkedHashSet<>();
  private final Set<String> missing = new LinkedHashSet<>();

  /**
   * @param fromBeginning whether to start with the records that the topics already hold
   * @throws IllegalArgumentException if Kafka rejects a property, or no broker's name resolves
   */
  public TopicTail(KafkaClientConfig kafka, List<String> topics, boolean fromBeginning) {
    this.topics = List.copyOf(topics);
    this.missing.addAll(topics);
    this.fromBeginning = fromBeginning;
    Map<String, Object> properties = new HashMap<>(Secrets.resolve(kafka.properties()));
    properties.keySet().retainAll(ConsumerConfig.configNames());
    // Kafka's default of 64 KiB makes TCP stall on large maps; docs/kafka.md has figures.
    properties.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1);
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    try {
      this.consumer =
          new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + KafkaErrors.message(e), e);
    }
  }

  /** Topics that do not exist yet. */
  public Set<String> missing() {
    return Set.copyOf(missing);
  }

  /**
   * Waits for records.
   *
   * @param patience how long to wait if there are none
   * @throws KafkaException if the broker rejects the request, such as for a missing permission
   */
  public List<Found> poll(Duration patience) throws InterruptedException {
    if (!missing.isEmpty()) {
      findTopics();
    }
    if (assigned.isEmpty()) {
      Thread.sleep(patience.toMillis());
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(patience)) {
      found.add(
          new Found(
              record.topic(),
              record.key(),
              CloudEvents.text(record.headers(), "ce_id"),
              CloudEvents.text(record.headers(), "content-type"),
              record.timestamp(),
              record.value() == null ? new byte[0] : record.value()));
    }
    return found;
  }

  private void findTopics() {
    Map<String, List<org.apache.kafka.common.PartitionInfo>> existing = consumer.listTopics();
    List<TopicPartition> fresh = new ArrayList<>();
    for (String topic : topics) {
      if (missing.contains(topic) && existing.containsKey(topic)) {
        existing.get(topic).forEach(p -> fresh.add(new TopicPartition(topic, p.partition())));
        missing.remove(topic);
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    assigned.addAll(fresh);
    consumer.assign(assigned);
    if (fromBeginning) {
      consumer.seekToBeginning(fresh);
    } else {
      consumer.seekToEnd(fresh);
      fresh.forEach(consumer::position); // Fixes the end now and not at the next poll.
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
