package io.github.rackfocus.kafka;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.kafka.spool.Backlog;
import io.github.rackfocus.kafka.spool.Loss;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records from a backlog and sends them, in order, until each is acknowledged: the body of a
 * publisher's thread.
 *
 * <p>During an outage the producer repeats the records in flight, and new ones wait in the backlog.
 * A producer that has failed is replaced and its records in flight are sent again. Each attempt
 * starts with the oldest record, so the first arrivals of a key's records are in order.
 */
final class KafkaSender implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSender.class);
  private static final long TICK_MILLIS = 200;
  private static final long RETRY_MILLIS = 500;
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** An error of the producer, and whether the producer has to be replaced. */
  private record Fault(Exception cause, boolean fatal) {}

  private final Backlog backlog;
  private final ProducerFactory producers;
  private final TopicSetup setup;
  private final UnavailabilityReporter unavailability;
  private final String topic;
  private final int maxInFlight;
  private final InstantSource clock;
  private final PublisherMeter meter;
  private final LongSupplier nanoClock;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Object room = new Object();
  private volatile @Nullable Fault fault;
  private volatile int largestRecord = Integer.MAX_VALUE;
  private volatile boolean closing;
  private volatile long closeDeadlineNanos;
  private @Nullable Producer<String, byte[]> producer;
  private boolean topicFound;

  /** Counts producers, so that a late callback of a closed one is recognised. */
  private final AtomicInteger generation = new AtomicInteger();

  private long answeredNanos;
  private long probedNanos;

  /**
   * @param setup finds the topic
   * @param clock stamps records when they are sent
   * @param nanoClock the meter's clock, which decides when a producer is stuck
   */
  KafkaSender(
      KafkaClientConfig config,
      TopicSpec topic,
      Backlog backlog,
      ProducerFactory producers,
      TopicSetup setup,
      InstantSource clock,
      PublisherMeter meter,
      LongSupplier nanoClock) {
    this.backlog = backlog;
    this.producers = producers;
    this.setup = setup;
    this.unavailability = new UnavailabilityReporter(config, topic.name());
    this.topic = topic.name();
    this.maxInFlight = config.bounds().inFlightRecords();
    this.clock = clock;
    this.meter = meter;
    this.nanoClock = nanoClock;
  }

  /** Records sent and not completed. */
  int inFlight() {
    return inFlight.get();
  }

  /** Size of the largest record that the topic accepts, in bytes, as far as known. */
  int largestRecord() {
    return largestRecord;
  }

  /** Makes the thread send the remaining records, for at most the given time, and end. */
  void end(Duration patience) {
    closeDeadlineNanos = System.nanoTime() + patience.toNanos();
    closing = true;
  }

  @Override
  public void run() {
    try {
      while (!closing || mayFinish()) {
        step();
      }
    } catch (InterruptedException e) {
      LOG.debug("Sender of topic {} was interrupted", topic);
    } finally {
      closeProducer();
    }
  }

  /** While closing: whether records remain that are likely to be acknowledged in time. */
  private boolean mayFinish() {
    boolean pending = backlog.waiting() > 0 || inFlight.get() > 0;
    return pending && topicFound && !meter.isOutage() && System.nanoTime() - closeDeadlineNanos < 0;
  }

  private void step() throws InterruptedException {
    meter.checkOutage(backlog.waiting() + inFlight.get());
    Producer<String, byte[]> current = connect();
    if (current == null) {
      pause(RETRY_MILLIS);
    } else if (fault != null) {
      recover();
    } else if (inFlight.get() >= maxInFlight) {
      awaitInFlightBelow(maxInFlight);
      checkForStall();
    } else {
      Backlog.Entry entry = backlog.take(closing ? 0 : TICK_MILLIS);
      if (entry != null) {
        send(current, entry);
      } else {
        checkForStall();
      }
      if (entry == null && closing) {
        awaitInFlightBelow(1);
      }
    }
  }

  /** A producer for the topic, or null while either is unavailable. */
  private @Nullable Producer<String, byte[]> connect() throws InterruptedException {
    try {
      Producer<String, byte[]> current = producer;
      if (current == null) {
        current = producers.newProducer();
        producer = current;
      }
      if (!topicFound) {
        largestRecord = setup.find(current);
        topicFound = true;
      }
      return current;
    } catch (InterruptException e) {
      throw KafkaErrors.interrupted(e);
    } catch (KafkaException e) {
      unavailability.report(KafkaErrors.message(e));
      return null;
    }
  }

  private void send(Producer<String, byte[]> current, Backlog.Entry entry)
      throws InterruptedException {
    OutgoingRecord record = entry.record();
    int bytes = record.value().length;
    int sentBy = generation.get();
    inFlight.incrementAndGet();
    if (bytes + OutgoingRecord.OVERHEAD_BYTES > largestRecord) {
      drop(
          entry,
          Loss.TOO_LARGE,
          "it has " + bytes + " bytes; the topic accepts at most " + largestRecord);
      leaveFlight(sentBy);
      return;
    }
    long sentNanos = System.nanoTime();
    try {
      current.send(
          new ProducerRecord<>(
              topic, null, clock.millis(), record.key(), record.value(), record.headers()),
          (metadata, cause) -> onCompletion(entry, sentBy, sentNanos, cause));
    } catch (InterruptException e) {
      leaveFlight(sentBy);
      throw KafkaErrors.interrupted(e);
    } catch (KafkaException | IllegalStateException e) {
      // A closed or failed producer throws instead of calling back.
      fault = new Fault(e, true);
      leaveFlight(sentBy);
    }
  }

  /** Called by the producer's thread, or by ours if the record did not even enter its buffer. */
  private void onCompletion(
      Backlog.Entry entry, int sentBy, long sentNanos, @Nullable Exception cause) {
    if (cause == null) {
      meter.recordAcknowledged(entry.record().value().length, System.nanoTime() - sentNanos);
      backlog.release(entry.index());
    } else if (cause instanceof RecordTooLargeException) {
      drop(entry, Loss.TOO_LARGE, KafkaErrors.message(cause));
    } else if (cause instanceof InvalidRecordException) {
      drop(entry, Loss.REJECTED, KafkaErrors.message(cause));
    } else if (sentBy == generation.get()) {
      // The record stays in flight in the backlog and is sent again together with later ones.
      fault = new Fault(cause, !isTransient(cause));
    }
    leaveFlight(sentBy);
  }

  /**
   * Replaces a producer that is stuck although the broker answers other clients, such as one whose
   * sequence numbers the broker rejects.
   */
  private void checkForStall() throws InterruptedException {
    long now = nanoClock.getAsLong();
    if (meter.silentNanos() < STALL_NANOS) {
      answeredNanos = 0;
    } else if (now - probedNanos > PROBE_NANOS && !closing) {
      probedNanos = now;
      if (!setup.answers()) {
        answeredNanos = 0;
      } else if (answeredNanos == 0) {
        answeredNanos = now;
      } else {
        answeredNanos = 0;
        fault =
            new Fault(new TimeoutException("the broker answers but acknowledges no record"), true);
      }
    }
  }

  /** Whether the same producer can be used after an error. */
  private static boolean isTransient(Exception cause) {
    return cause instanceof RetriableException
        || cause instanceof InvalidTopicException
        || cause instanceof TopicAuthorizationException;
  }

  private void drop(Backlog.Entry entry, Loss loss, String reason) {
    backlog.release(entry.index());
    meter.losses().add(loss, 1);
    warnings.warn("Record {} for Kafka topic {} is lost: {}", entry.record().id(), topic, reason);
  }

  private void leaveFlight(int sentBy) {
    synchronized (room) {
      if (sentBy == generation.get()) {
        inFlight.decrementAndGet();
      }
      room.notifyAll();
    }
  }

  private void recover() throws InterruptedException {
    Fault found = fault;
    if (found == null) {
      return;
    }
    warnings.warn(
        "Sending to Kafka topic {} failed: {}; retrying{}",
        topic,
        KafkaErrors.message(found.cause()),
        found.fatal() ? " with a new producer" : "");
    long drainDeadline = System.nanoTime() + DRAIN_NANOS;
    while (!found.fatal()
        && inFlight.get() > 0
        && System.nanoTime() - drainDeadline < 0
        && !closing) {
      awaitInFlightBelow(1);
    }
    if (found.fatal() || inFlight.get() > 0) {
      closeProducer();
      meter.recordProducerReplaced();
    }
    fault = null;
    backlog.rewind();
    pause(RETRY_MILLIS);
  }

  /** Closes the producer; afterwards all of its callbacks have been called. */
  private void closeProducer() {
    Producer<String, byte[]> current = producer;
    producer = null;
    topicFound = false;
    if (current != null) {
      boolean interrupted = Thread.interrupted(); // Else Kafka would not wait for its thread.
      try {
        current.close(Duration.ZERO);
      } catch (KafkaException e) {
        LOG.warn("Producer for Kafka topic {} did not close: {}", topic, KafkaErrors.message(e));
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    synchronized (room) {
      generation.incrementAndGet();
      inFlight.set(0);
    }
  }

  /** Waits up to a tick until fewer records are in flight. */
  private void awaitInFlightBelow(int records) throws InterruptedException {
    synchronized (room) {
      if (inFlight.get() >= records && fault == null) {
        room.wait(TICK_MILLIS);
      }
    }
  }

  private void pause(long millis) throws InterruptedException {
    if (!closing) {
      TimeUnit.MILLISECONDS.sleep(millis);
    }
  }
}
