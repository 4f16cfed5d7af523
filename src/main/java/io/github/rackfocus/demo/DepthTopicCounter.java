package io.github.rackfocus.demo;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.Interrupts;
import io.github.rackfocus.kafka.codec.DepthFrameCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the depth maps of a topic from its beginning, each CloudEvents id once, and decodes every
 * map. Has its own consumer and thread; the counts are thread-safe.
 */
public final class DepthTopicCounter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DepthTopicCounter.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<String, byte[]> consumer;
  private final String topic;
  private final Thread thread;
  private final AtomicLong maps = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();
  private volatile boolean closing;

  /** Starts counting; the topic must exist. */
  public DepthTopicCounter(String bootstrapServers, String topic) {
    this.topic = topic;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.thread = DaemonThreads.start("kafka-counter", this::run);
  }

  /** Distinct maps that were decoded. */
  public long maps() {
    return maps.get();
  }

  /** Records whose id was received before. */
  public long duplicates() {
    return duplicates.get();
  }

  /** Records that are not valid depth maps. */
  public long unreadable() {
    return unreadable.get();
  }

  /**
   * Waits until a number of maps was received.
   *
   * @return false if fewer were received within the given time
   */
  public boolean await(long expected, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (maps.get() < expected && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    return maps.get() >= expected;
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    boolean interrupted = Interrupts.joinOrInterrupt(thread, CLOSE_TIMEOUT);
    if (interrupted) {
      Thread.currentThread().interrupt();
    } else if (thread.isAlive()) {
      LOG.warn("Consumer of topic {} did not end within {} s", topic, CLOSE_TIMEOUT.toSeconds());
    }
  }

  private void run() {
    Set<String> ids = new HashSet<>();
    try (consumer) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!closing) {
        consumer.poll(POLL).forEach(record -> count(record, ids));
      }
    } catch (WakeupException e) {
      LOG.debug("Consumer of topic {} was woken up to end", topic);
    } catch (KafkaException e) {
      LOG.warn("Consumer of topic {} failed: {}", topic, e.getMessage());
    }
  }

  private void count(ConsumerRecord<String, byte[]> record, Set<String> ids) {
    Header id = record.headers().lastHeader("ce_id");
    if (id == null) {
      unreadable.incrementAndGet();
      return;
    }
    if (!ids.add(record.key() + "/" + new String(id.value(), StandardCharsets.UTF_8))) {
      duplicates.incrementAndGet();
      return;
    }
    try {
      DepthFrameCodec.decode(record.value());
      maps.incrementAndGet();
    } catch (IOException e) {
      unreadable.incrementAndGet();
      LOG.warn(
          "Record {} of topic {} is not a valid depth map: {}",
          record.offset(),
          topic,
          e.getMessage());
    }
  }
}
