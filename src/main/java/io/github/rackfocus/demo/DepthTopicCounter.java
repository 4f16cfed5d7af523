package io.github.rackfocus.demo;

import io.github.rackfocus.kafka.codec.DepthFrameCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
 * A consumer of its own that counts the depth maps which arrive on a topic, each by its CloudEvents
 * id once, and decodes every one. Runs on a thread of its own from the topic's beginning on.
 */
public final class DepthTopicCounter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DepthTopicCounter.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long CLOSE_SECONDS = 10;

  private final KafkaConsumer<String, byte[]> consumer;
  private final String topic;
  private final Thread thread = new Thread(this::run, "kafka-counter");
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong maps = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();
  private volatile boolean closing;

  /** Starts counting the maps of a topic that exists. */
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
    thread.setDaemon(true);
    thread.start();
  }

  /** Different maps that arrived and could be decoded. */
  public long maps() {
    return maps.get();
  }

  /** Records whose id had arrived before. */
  public long duplicates() {
    return duplicates.get();
  }

  /** Records that are no depth map. */
  public long unreadable() {
    return unreadable.get();
  }

  /** Waits until this many maps have arrived, at most so long; says whether they have. */
  public boolean await(long expected, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (maps.get() < expected && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return maps.get() >= expected;
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      if (!ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the consumer of {} did not end within {} s", topic, CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
      LOG.debug("the consumer of {} was woken to end", topic);
    } catch (KafkaException e) {
      LOG.warn("the consumer of {} ended: {}", topic, e.getMessage());
    } finally {
      ended.countDown();
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
      LOG.warn("record {} of {} is no depth map: {}", record.offset(), topic, e.getMessage());
    }
  }
}
