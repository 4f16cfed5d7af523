package io.github.rackfocus.fleet;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.kafka.KafkaErrors;
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
 * A member of a consumer group of workers: reads the frames of its partitions and commits progress.
 *
 * <p>The committed offset of a partition is that of the first unfinished frame. Its metadata has
 * the offset to read back from, so that the next worker fills its stacks with the last sweeps
 * before it continues ({@link PartitionProgress}). Not thread-safe.
 */
final class FrameConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameConsumer.class);
  private static final String READ_BACK = "read-back=";
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final Consumer<PartitionProgress> onRevoked;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Set<TopicPartition> starting = new HashSet<>();
  private boolean paused;

  /**
   * Joins the group with the next {@link #poll}.
   *
   * @param onRevoked called with a revoked partition before its progress is committed: the worker
   *     updates its read-back and releases its cameras
   * @throws IllegalArgumentException if Kafka rejects a property, or no broker's name resolves
   */
  FrameConsumer(FrameConsumerConfig config, Consumer<PartitionProgress> onRevoked) {
    this.topic = config.topic();
    this.onRevoked = onRevoked;
    try {
      this.consumer =
          new KafkaConsumer<>(
              config.consumerProperties(),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + KafkaErrors.message(e), e);
    }
    consumer.subscribe(Set.of(topic), new Rebalancing());
  }

  /**
   * Waits for records and takes part in the group.
   *
   * @return records in the order of their partitions; none while paused, except from partitions
   *     assigned since
   */
  List<FrameRecord> poll(Duration patience) {
    List<FrameRecord> records = new ArrayList<>();
    try {
      startAssigned();
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
        PartitionProgress progress =
            partitions.get(new TopicPartition(record.topic(), record.partition()));
        if (progress != null) {
          records.add(new FrameRecord(record, progress));
        }
      }
    } catch (KafkaException e) {
      warnings.warn("Kafka topic {} cannot be read: {}; retrying", topic, KafkaErrors.message(e));
      pauseAfterError();
    }
    return records;
  }

  /** Starts reading newly assigned partitions from their read-back offsets. */
  private void startAssigned() {
    if (starting.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(starting);
    Map<TopicPartition, Long> ends = consumer.endOffsets(starting);
    Map<Integer, Long> firstOffsets = new TreeMap<>();
    for (TopicPartition partition : starting) {
      OffsetAndMetadata at = known.get(partition);
      long begin = 0;
      // A topic that was deleted and created again ends before the offset committed for the old
      // one.
      if (at != null && at.offset() <= ends.getOrDefault(partition, 0L)) {
        begin = at.offset();
        consumer.seek(partition, readBackOf(at));
      } else if (at != null) {
        consumer.seekToBeginning(Set.of(partition));
      }
      partitions.put(partition, new PartitionProgress(partition.partition(), begin));
      firstOffsets.put(partition.partition(), begin);
    }
    if (!paused) {
      consumer.resume(starting);
    }
    starting.clear();
    LOG.info("Partitions of {} assigned, with their first offsets: {}", topic, firstOffsets);
  }

  /** Limits the rate of attempts while an error persists. */
  private static void pauseAfterError() {
    DaemonThreads.sleep(Duration.ofMillis(500));
  }

  /** Pauses or resumes reading. */
  void hold(boolean hold) {
    if (hold && !paused) {
      consumer.pause(partitions.keySet());
    } else if (!hold && paused) {
      consumer.resume(partitions.keySet());
    }
    paused = hold;
  }

  /** The partitions assigned now. */
  Collection<PartitionProgress> partitions() {
    return partitions.values();
  }

  /** Records of a partition that were not fetched yet; 0 while unknown. */
  long lag(PartitionProgress partition) {
    return consumer.currentLag(of(partition)).orElse(0);
  }

  /**
   * The end of a partition: the offset after its last record, or that of the next record to be read
   * while the end is unknown.
   */
  long end(PartitionProgress partition) {
    OptionalLong lag = consumer.currentLag(of(partition));
    return lag.isPresent() ? consumer.position(of(partition)) + lag.getAsLong() : partition.next();
  }

  /**
   * Continues at another offset of a partition.
   *
   * @param from the next record to be read
   * @param firstToEmit earlier records only fill stacks
   */
  void skip(PartitionProgress partition, long from, long firstToEmit) {
    consumer.seek(of(partition), from);
    partition.skipTo(firstToEmit);
  }

  /** Commits the progress of all partitions asynchronously. */
  void commit() {
    Map<TopicPartition, OffsetAndMetadata> uncommitted = uncommitted();
    if (uncommitted.isEmpty()) {
      return;
    }
    consumer.commitAsync(
        uncommitted,
        (offsets, fault) -> {
          if (fault == null) {
            committed.putAll(offsets);
          } else {
            warnings.warn(
                "Progress cannot be committed to Kafka: {}; retrying", KafkaErrors.message(fault));
          }
        });
  }

  private Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    partitions.forEach((partition, progress) -> {
      OffsetAndMetadata now =
          new OffsetAndMetadata(progress.finished(), READ_BACK + progress.readBackFrom());
      if (!now.equals(committed.get(partition))) {
        uncommitted.put(partition, now);
      }
    });
    return uncommitted;
  }

  private TopicPartition of(PartitionProgress partition) {
    return new TopicPartition(topic, partition.partition());
  }

  /** Commits and leaves the group, so that other workers take over at once. */
  @Override
  public void close() {
    partitions.values().forEach(onRevoked);
    commitAndWait();
    partitions.clear();
    consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
  }

  private void commitAndWait() {
    Map<TopicPartition, OffsetAndMetadata> uncommitted = uncommitted();
    if (uncommitted.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(uncommitted, CLOSE_TIMEOUT);
    } catch (KafkaException e) {
      LOG.warn(
          "Progress was not committed to Kafka, so that some maps will be computed twice: {}",
          KafkaErrors.message(e));
    }
  }

  /** Returns the read-back offset in the metadata of a committed offset. */
  static long readBackOf(@Nullable OffsetAndMetadata committed) {
    if (committed == null) {
      return 0;
    }
    String metadata = committed.metadata();
    if (metadata == null || !metadata.startsWith(READ_BACK)) {
      // The offset was not committed by a worker, so the read-back is unknown.
      return committed.offset();
    }
    try {
      long from = Long.parseLong(metadata.substring(READ_BACK.length()));
      return Math.max(0, Math.min(from, committed.offset()));
    } catch (NumberFormatException e) {
      LOG.warn(
          "Metadata '{}' of a committed offset is invalid; expected read-back=OFFSET", metadata);
      return committed.offset();
    }
  }

  private final class Rebalancing implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      // The first offsets are requested outside this callback, so that the request can be retried.
      consumer.pause(assigned);
      starting.addAll(assigned);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      revoked.forEach(partition -> leave(partition));
      commitAndWait();
      forget(revoked, "were revoked");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      // Another worker has them already, so a commit would overwrite newer progress.
      lost.forEach(partition -> leave(partition));
      forget(lost, "were lost because this worker was silent for too long");
    }

    private void leave(TopicPartition partition) {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        onRevoked.accept(progress);
      }
    }

    private void forget(Collection<TopicPartition> gone, String why) {
      if (!gone.isEmpty()) {
        LOG.info(
            "Partitions {} of {} {}",
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
