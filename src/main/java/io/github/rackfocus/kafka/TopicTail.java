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
 * Reads topics as they grow, all partitions, without a consumer group: looking on changes nothing
 * for anybody. Topics may come later. For one thread.
 */
public final class TopicTail implements AutoCloseable {
  /**
   * A record as it was found.
   *
   * @param topic it lay on
   * @param key {@code robot/camera}
   * @param id CloudEvents id, null if it has none
   * @param contentType of the value, null if it is not told
   * @param sentMillis when it was sent, milliseconds since 1970
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
  private final Set<TopicPartition> known = new LinkedHashSet<>();
  private final Set<String> missing = new LinkedHashSet<>();

  /**
   * @param fromBeginning whether what the topics hold already is read first
   * @throws IllegalArgumentException if Kafka refuses a setting, or no address of a broker is known
   */
  public TopicTail(KafkaClientConfig kafka, List<String> topics, boolean fromBeginning) {
    this.topics = List.copyOf(topics);
    this.missing.addAll(topics);
    this.fromBeginning = fromBeginning;
    Map<String, Object> settings = new HashMap<>(Secrets.resolve(kafka.properties()));
    settings.keySet().retainAll(ConsumerConfig.configNames());
    // With Kafka's 64 KiB TCP stalls large maps again and again: docs/kafka.md has figures.
    settings.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    try {
      this.consumer =
          new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + ProducerFactory.sentence(e), e);
    }
  }

  /** Topics that were not found yet. */
  public Set<String> missing() {
    return Set.copyOf(missing);
  }

  /**
   * Waits for records.
   *
   * @param patience how long, where there are none
   * @throws KafkaException if the broker refuses, such as for want of a right
   */
  public List<Found> poll(Duration patience) throws InterruptedException {
    if (!missing.isEmpty()) {
      look();
    }
    if (known.isEmpty()) {
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

  private void look() {
    Map<String, List<org.apache.kafka.common.PartitionInfo>> there = consumer.listTopics();
    List<TopicPartition> fresh = new ArrayList<>();
    for (String topic : topics) {
      if (missing.contains(topic) && there.containsKey(topic)) {
        there.get(topic).forEach(p -> fresh.add(new TopicPartition(topic, p.partition())));
        missing.remove(topic);
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    known.addAll(fresh);
    consumer.assign(known);
    if (fromBeginning) {
      consumer.seekToBeginning(fresh);
    } else {
      consumer.seekToEnd(fresh);
      fresh.forEach(consumer::position); // Now, not at the next poll: what comes from here on.
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
