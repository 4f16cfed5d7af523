package io.github.rackfocus.fleet;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.kafka.FrameConsumerConfig;
import io.github.rackfocus.kafka.ProducerFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group of workers: reads the frames of its partitions, and tells the group how far
 * it is.
 *
 * <p>Committed for a partition is the first offset that is not finished, and in the metadata beside
 * it the offset to read from, so that whoever is assigned the partition next fills its stacks with
 * the last sweeps before it goes on ({@link PartitionProgress}). For one thread.
 */
public final class FrameConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameConsumer.class);
  private static final String READ_BACK = "read-back=";
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final Consumer<PartitionProgress> leaving;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Set<TopicPartition> starting = new HashSet<>();
  private boolean paused;

  /**
   * Joins the group with the next {@link #poll}.
   *
   * @param leaving told of a partition that goes to another worker, before how far it is is
   *     committed: the worker notes its read-back and lets go of its cameras
   * @throws IllegalArgumentException if Kafka refuses a setting, or no address of a broker is known
   */
  public FrameConsumer(FrameConsumerConfig config, Consumer<PartitionProgress> leaving) {
    this.topic = config.topic();
    this.leaving = leaving;
    try {
      this.consumer =
          new KafkaConsumer<>(
              config.consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + ProducerFactory.sentence(e), e);
    }
    consumer.subscribe(Set.of(topic), new Rebalancing());
  }

  /** Whether any of the servers has an address, without which no client can be made. */
  public static boolean isResolvable(String servers) {
    return ProducerFactory.isResolvable(servers);
  }

  /**
   * Waits for records, and takes part in the group meanwhile.
   *
   * @return records in the order of their partitions; none while paused, except from partitions
   *     assigned since
   */
  public List<FrameRecord> poll(Duration patience) {
    List<FrameRecord> records = new ArrayList<>();
    try {
      start();
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
        PartitionProgress progress =
            partitions.get(new TopicPartition(record.topic(), record.partition()));
        if (progress != null) {
          records.add(new FrameRecord(record, progress));
        }
      }
    } catch (KafkaException e) {
      trouble.warn("kafka: {} can't be read: {}", topic, ProducerFactory.sentence(e));
      pauseAfter();
    }
    return records;
  }

  /** Begins with the partitions that were assigned: a sweep or more before where they go on. */
  private void start() {
    if (starting.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(starting);
    Map<TopicPartition, Long> ends = consumer.endOffsets(starting);
    Map<Integer, Long> begins = new TreeMap<>();
    for (TopicPartition partition : starting) {
      OffsetAndMetadata at = known.get(partition);
      long begin = 0;
      // A topic that was made anew ends before what was committed for the old one.
      if (at != null && at.offset() <= ends.getOrDefault(partition, 0L)) {
        begin = at.offset();
        consumer.seek(partition, readBackOf(at));
      } else if (at != null) {
        consumer.seekToBeginning(Set.of(partition));
      }
      partitions.put(partition, new PartitionProgress(partition.partition(), begin));
      begins.put(partition.partition(), begin);
    }
    if (!paused) {
      consumer.resume(starting);
    }
    starting.clear();
    LOG.info("kafka: partitions of {} assigned, and where they go on: {}", topic, begins);
  }

  /** Else a fault that stays would be asked for without pause. */
  private static void pauseAfter() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether records are to be held back at the broker. */
  public void hold(boolean hold) {
    if (hold && !paused) {
      consumer.pause(partitions.keySet());
    } else if (!hold && paused) {
      consumer.resume(partitions.keySet());
    }
    paused = hold;
  }

  /** The partitions assigned at present. */
  public Collection<PartitionProgress> partitions() {
    return partitions.values();
  }

  /** Records of a partition that wait at the broker, or 0 where that is not known yet. */
  public long lag(PartitionProgress partition) {
    return consumer.currentLag(of(partition)).orElse(0);
  }

  /**
   * The end of a partition: the offset behind its last record, or that of the next record to be
   * read where the end is not known yet.
   */
  public long end(PartitionProgress partition) {
    OptionalLong lag = consumer.currentLag(of(partition));
    return lag.isPresent() ? consumer.position(of(partition)) + lag.getAsLong() : partition.next();
  }

  /**
   * Goes on elsewhere in a partition.
   *
   * @param from the next record to be read
   * @param firstToEmit what lies before it only fills stacks
   */
  public void skip(PartitionProgress partition, long from, long firstToEmit) {
    consumer.seek(of(partition), from);
    partition.skipTo(firstToEmit);
  }

  /** Tells the group how far each partition is; returns before it knows. */
  public void commit() {
    Map<TopicPartition, OffsetAndMetadata> news = news();
    if (news.isEmpty()) {
      return;
    }
    consumer.commitAsync(
        news,
        (offsets, fault) -> {
          if (fault == null) {
            committed.putAll(offsets);
          } else {
            trouble.warn(
                "kafka: how far the worker is could not be committed yet: {}",
                ProducerFactory.sentence(fault));
          }
        });
  }

  private Map<TopicPartition, OffsetAndMetadata> news() {
    Map<TopicPartition, OffsetAndMetadata> news = new HashMap<>();
    partitions.forEach((partition, progress) -> {
      OffsetAndMetadata now =
          new OffsetAndMetadata(progress.finished(), READ_BACK + progress.readBackFrom());
      if (!now.equals(committed.get(partition))) {
        news.put(partition, now);
      }
    });
    return news;
  }

  private TopicPartition of(PartitionProgress partition) {
    return new TopicPartition(topic, partition.partition());
  }

  /** Commits and leaves the group, so that the others take over at once. */
  @Override
  public void close() {
    partitions.values().forEach(leaving);
    commitAndWait();
    partitions.clear();
    consumer.close(CloseOptions.timeout(CLOSE));
  }

  private void commitAndWait() {
    Map<TopicPartition, OffsetAndMetadata> news = news();
    if (news.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(news, CLOSE);
    } catch (KafkaException e) {
      LOG.warn(
          "kafka: how far the worker is could not be committed, so that maps will be made twice:"
              + " {}",
          ProducerFactory.sentence(e));
    }
  }

  /** Where a committed offset says that reading has to begin. */
  static long readBackOf(@Nullable OffsetAndMetadata committed) {
    if (committed == null) {
      return 0;
    }
    String metadata = committed.metadata();
    if (metadata == null || !metadata.startsWith(READ_BACK)) {
      // Somebody else set the offset; nothing is known of what lies before it.
      return committed.offset();
    }
    try {
      long from = Long.parseLong(metadata.substring(READ_BACK.length()));
      return Math.max(0, Math.min(from, committed.offset()));
    } catch (NumberFormatException e) {
      LOG.warn("kafka: '{}' beside a committed offset can't be read", metadata);
      return committed.offset();
    }
  }

  private final class Rebalancing implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      // Where to begin is asked for outside this callback, again and again if need be.
      consumer.pause(assigned);
      starting.addAll(assigned);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      revoked.forEach(partition -> leave(partition));
      commitAndWait();
      forget(revoked, "given to another worker");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      // Another worker has them already: what this one would commit is old.
      lost.forEach(partition -> leave(partition));
      forget(lost, "lost: the group heard nothing of this worker for too long");
    }

    private void leave(TopicPartition partition) {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        leaving.accept(progress);
      }
    }

    private void forget(Collection<TopicPartition> gone, String why) {
      if (!gone.isEmpty()) {
        LOG.info(
            "kafka: partitions {} of {} {}",
            gone.stream().map(TopicPartition::partition).sorted().toList(),
            topic,
            why);
      }
      gone.forEach(partition -> {
        starting.remove(partition);
        partitions.remove(partition);
        committed.remove(partition);
      });
    }
  }
}
