package io.github.rackfocus.kafka;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.Interrupts;
import io.github.rackfocus.kafka.spool.Backlog;
import io.github.rackfocus.kafka.spool.Loss;
import io.github.rackfocus.kafka.spool.MemoryBacklog;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.kafka.spool.Spool;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records to one topic without making its caller wait for a broker. {@link #publish} appends
 * a record to a bounded backlog, from which the publisher's thread ({@code kafka-TOPIC}) sends it
 * with an idempotent producer until all in-sync replicas have acknowledged it.
 *
 * <p>While the broker is unavailable, or accepts connections but does not answer, the newest
 * records wait in memory or all of them on disk, see {@link KafkaClientConfig#spool}. Lost records
 * are counted by cause, see {@link #counts}. {@code publish} may be called by any thread.
 */
public final class KafkaPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPublisher.class);

  /** Kafka's own thread waits this long for a broker that hangs, even while it is being closed. */
  private static final Duration CLOSE_MARGIN = Duration.ofSeconds(6);

  private final KafkaClientConfig config;
  private final TopicSpec topic;
  private final PublisherMeter meter;
  private final Backlog backlog;
  private final KafkaSender sender;
  private final Thread thread;
  private boolean closed;

  /**
   * Starts connecting and returns at once, whether or not the broker is available.
   *
   * @throws IllegalArgumentException if Kafka rejects a property, or a secret cannot be read
   * @throws IOException if the spool folder cannot be used
   */
  public KafkaPublisher(KafkaClientConfig config, TopicSpec topic, InstantSource clock)
      throws IOException {
    this(
        config,
        topic,
        new TopicSetup(config, topic),
        new ProducerFactory(config),
        clock,
        System::nanoTime);
  }

  KafkaPublisher(
      KafkaClientConfig config,
      TopicSpec topic,
      TopicSetup setup,
      ProducerFactory producers,
      InstantSource clock,
      LongSupplier nanoClock)
      throws IOException {
    this.config = config;
    this.topic = topic;
    this.meter = new PublisherMeter(topic.name(), config.outagePolicy(), nanoClock);
    SpoolConfig spool = config.spool();
    this.backlog =
        spool == null
            ? new MemoryBacklog(config.bounds().queueRecords(), meter.losses())
            : new Spool(spool.forTopic(topic.name()), meter.losses(), System::nanoTime);
    this.sender =
        new KafkaSender(config, topic, backlog, producers, setup, clock, meter, nanoClock);
    this.thread = DaemonThreads.start("kafka-" + topic.name(), sender);
  }

  /**
   * Appends a record to the backlog; older ones are dropped and counted if a limit requires it.
   *
   * @throws IOException if this record is too large; it is counted
   */
  public void publish(OutgoingRecord record) throws IOException {
    meter.recordOffered();
    int limit =
        Math.min(config.bounds().maxRecordBytes(), sender.largestRecord())
            - OutgoingRecord.OVERHEAD_BYTES;
    if (record.value().length > limit) {
      meter.losses().add(Loss.TOO_LARGE, 1);
      throw new IOException(
          "record has "
              + record.value().length
              + " bytes; expected at most "
              + limit
              + "; raise maxRecordBytes here and max.message.bytes of the topic");
    }
    backlog.append(record);
  }

  /** The topic. */
  public TopicSpec topic() {
    return topic;
  }

  /** The connection and the limits. */
  public KafkaClientConfig config() {
    return config;
  }

  /** Counts of the records so far; exact once the publisher is closed. */
  public PublisherCounts counts() {
    return meter.counts(backlog, sender.inFlight());
  }

  /** Whether waiting records outlive this process. */
  public boolean isDurable() {
    return backlog.isDurable();
  }

  /**
   * Waits until no record is pending.
   *
   * @return false if some still are after the given time
   */
  public boolean flush(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (backlog.waiting() > 0 || sender.inFlight() > 0) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return true;
  }

  /**
   * Sends the pending records for at most {@code closeTimeout}, but not to a broker that is
   * unavailable (one that hangs adds up to 5 s). Records not acknowledged by then stay in the
   * spool, or are lost and counted.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    sender.end(config.closeTimeout());
    boolean interrupted =
        Interrupts.joinOrInterrupt(thread, config.closeTimeout().plus(CLOSE_MARGIN));
    if (!interrupted && thread.isAlive()) {
      interrupted = Interrupts.joinOrInterrupt(thread, CLOSE_MARGIN);
    }
    try {
      backlog.close();
    } catch (IOException e) {
      LOG.warn("Backlog of Kafka topic {} did not close: {}", topic.name(), ErrorMessages.of(e));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
