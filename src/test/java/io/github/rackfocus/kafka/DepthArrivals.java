package io.github.rackfocus.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** All that arrived on a depth topic of one partition, by camera. For one thread at a time. */
public final class DepthArrivals implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, List<ConsumerRecord<String, byte[]>>> records = new HashMap<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final Set<String> ids = new HashSet<>();

  public DepthArrivals(String servers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** Takes in what has arrived since the last call. */
  public synchronized DepthArrivals read() {
    boolean more = true;
    while (more) {
      more = false;
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        more = true;
        String id = TopicReader.header(record, "ce_id");
        records.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record);
        ids.add(record.key() + " " + id);
        newest.merge(record.key(), Long.parseLong(id.substring(id.indexOf('-') + 1)), Math::max);
      }
    }
    return this;
  }

  /** Number of the newest map's frame, by camera. */
  public synchronized Map<String, Long> newestSequence() {
    return Map.copyOf(newest);
  }

  /** Maps, each counted once however often it was sent. */
  public synchronized int distinct() {
    return ids.size();
  }

  /** The records of a camera, in the order of the topic. */
  public synchronized List<ConsumerRecord<String, byte[]>> of(String key) {
    return List.copyOf(records.getOrDefault(key, List.of()));
  }

  @Override
  public synchronized void close() {
    consumer.close();
  }
}
