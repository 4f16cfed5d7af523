package io.github.rackfocus.kafka;

import io.github.rackfocus.common.ErrorMessages;
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
 * Sends records to one topic and never makes its caller wait for a broker: {@link #publish} puts a
 * record into a bounded backlog, from which a thread of its own ({@code kafka-TOPIC}) sends it, by
 * an idempotent producer, acknowledged by all replicas, again and again until it is acknowledged.
 *
 * <p>While the broker is away, or takes connections and never answers, the newest records wait in
 * memory, or all of them on disk, see {@link KafkaClientConfig#spool}. Whatever is lost is counted by
 * its cause, see {@link #counts}. {@code publish} may be called by any thread.
 */
public final class KafkaPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPublisher.class);

  /** Kafka's sender waits so long for a mute broker, even while it is being closed, and more. */
  private static final Duration CLOSE_MARGIN = Duration.ofSeconds(6);

  private final KafkaClientConfig settings;
  private final TopicSpec topic;
  private final PublisherMeter meter;
  private final Backlog backlog;
  private final KafkaSender sender;
  private final Thread thread;
  private boolean closed;

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @throws IllegalArgumentException if Kafka refuses a setting, or a secret can't be had
   * @throws IOException if the spool's folder can't be used
   */
  public KafkaPublisher(KafkaClientConfig settings, TopicSpec topic, InstantSource clock)
      throws IOException {
    this(
        settings,
        topic,
        clock,
        new ProducerFactory(
            settings, new TopicSetup(settings, topic), ProducerFactory::kafkaProducer),
        System::nanoTime);
  }

  KafkaPublisher(
      KafkaClientConfig settings,
      TopicSpec topic,
      InstantSource clock,
      ProducerFactory connection,
      LongSupplier nanos)
      throws IOException {
    this.settings = settings;
    this.topic = topic;
    this.meter = new PublisherMeter(topic.name(), nanos);
    SpoolConfig spool = settings.spool();
    this.backlog =
        spool == null
            ? new MemoryBacklog(settings.bounds().queueRecords(), meter.losses())
            : new Spool(spool.forTopic(topic.name()), meter.losses(), System::nanoTime);
    this.sender =
        new KafkaSender(
            backlog, connection, topic.name(), settings.bounds().inFlightRecords(), clock, meter, nanos);
    this.thread = new Thread(sender, "kafka-" + topic.name());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes a record; older ones are dropped and counted where the bounds ask for it.
   *
   * @throws IOException if this record is too large; it is counted
   */
  public void publish(OutgoingRecord record) throws IOException {
    meter.offered();
    int most =
        Math.min(settings.bounds().maxRecordBytes(), sender.largestRecord()) - OutgoingRecord.OVERHEAD_BYTES;
    if (record.value().length > most) {
      meter.losses().add(Loss.TOO_LARGE, 1);
      throw new IOException(
          "its record takes "
              + record.value().length
              + " bytes; expected at most "
              + most
              + "; raise maxRecordBytes here and max.message.bytes of the topic");
    }
    backlog.append(record);
  }

  /** Where its records go. */
  public TopicSpec topic() {
    return topic;
  }

  /** The broker and the bounds. */
  public KafkaClientConfig settings() {
    return settings;
  }

  /** What became of the records so far; exact once the publisher is closed. */
  public PublisherCounts counts() {
    return meter.counts(backlog, sender.inFlight());
  }

  /** Whether what waits outlives this process. */
  public boolean isDurable() {
    return backlog.isDurable();
  }

  /** Waits until nothing waits or is in flight, at most so long; says whether that is so. */
  public boolean flush(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (isPending()) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return true;
  }

  private boolean isPending() {
    return backlog.waiting() > 0 || sender.inFlight() > 0;
  }

  /**
   * Sends what waits, for {@code closeTimeout} at most and not at all to a broker that is away (one
   * that hangs adds up to 5 s); what is not acknowledged then stays in the spool, or is lost and
   * counted.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    sender.end(settings.closeTimeout());
    boolean interrupted = false;
    try {
      thread.join(settings.closeTimeout().plus(CLOSE_MARGIN).toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(CLOSE_MARGIN.toMillis());
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      interrupted = true;
    }
    try {
      backlog.close();
    } catch (IOException e) {
      LOG.warn("kafka: the backlog of {} did not close: {}", topic.name(), ErrorMessages.of(e));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
