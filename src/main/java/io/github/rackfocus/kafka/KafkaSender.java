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
import org.apache.kafka.common.errors.ApiException;
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
 * <p>An outage needs nothing here: the producer repeats what is in flight, and what comes waits in
 * the backlog. A producer that is broken is replaced, and what it had in flight is sent again; the
 * first arrivals of a key's records are in order all the same, since each attempt begins with the
 * oldest.
 */
final class KafkaSender implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSender.class);
  private static final long TICK_MILLIS = 200;
  private static final long RETRY_MILLIS = 500;
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What a producer reported, and whether another one is needed. */
  private record Fault(Exception cause, boolean fatal) {}

  private final Backlog backlog;
  private final ProducerFactory connection;
  private final String topic;
  private final int window;
  private final InstantSource clock;
  private final PublisherMeter meter;
  private final LongSupplier nanos;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Object room = new Object();
  private volatile @Nullable Fault fault;
  private volatile int largestRecord = Integer.MAX_VALUE;
  private volatile boolean closing;
  private volatile long closeBy;
  private @Nullable Producer<String, byte[]> producer;
  private boolean topicFound;

  private final AtomicInteger generation = new AtomicInteger();
  private long answeredNanos;
  private long askedNanos;

  /**
   * @param window records in flight at most
   * @param clock what records are stamped with when they are sent
   * @param nanos the meter's clock, by which a stall is told
   */
  KafkaSender(
      Backlog backlog,
      ProducerFactory connection,
      String topic,
      int window,
      InstantSource clock,
      PublisherMeter meter,
      LongSupplier nanos) {
    this.backlog = backlog;
    this.connection = connection;
    this.topic = topic;
    this.window = window;
    this.clock = clock;
    this.meter = meter;
    this.nanos = nanos;
  }

  /** Records sent and not ended. */
  int inFlight() {
    return inFlight.get();
  }

  /** The largest record that the topic takes, as far as is known. */
  int largestRecord() {
    return largestRecord;
  }

  /** Asks the thread to send what waits, for so long at most, and to end. */
  void end(Duration patience) {
    closeBy = System.nanoTime() + patience.toNanos();
    closing = true;
  }

  @Override
  public void run() {
    try {
      while (!closing || mayFinish()) {
        step();
      }
    } catch (InterruptedException e) {
      LOG.debug("the sender of {} was interrupted", topic);
    } finally {
      closeProducer();
    }
  }

  /** While closing: whether there is something to send and a chance that it arrives. */
  private boolean mayFinish() {
    boolean pending = backlog.waiting() > 0 || inFlight.get() > 0;
    return pending && topicFound && !meter.isOutage() && System.nanoTime() < closeBy;
  }

  private void step() throws InterruptedException {
    meter.watch(backlog.waiting() + inFlight.get(), connection);
    Producer<String, byte[]> current = connected();
    if (current == null) {
      pause(RETRY_MILLIS);
    } else if (fault != null) {
      recover(current);
    } else if (inFlight.get() >= window) {
      awaitRoom(window);
      lookForAStall();
    } else {
      Backlog.Entry entry = backlog.take(closing ? 0 : TICK_MILLIS);
      if (entry != null) {
        send(current, entry);
      } else {
        lookForAStall();
      }
      if (entry == null && closing) {
        awaitRoom(1);
      }
    }
  }

  private @Nullable Producer<String, byte[]> connected() throws InterruptedException {
    if (producer == null) {
      producer = connection.newProducer();
    }
    if (producer != null && !topicFound) {
      int largest = connection.findTopic(producer);
      topicFound = largest > 0;
      if (topicFound) {
        largestRecord = largest;
      }
    }
    return topicFound ? producer : null;
  }

  private void send(Producer<String, byte[]> current, Backlog.Entry entry)
      throws InterruptedException {
    OutgoingRecord record = entry.record();
    int bytes = record.value().length;
    int mine = generation.get();
    inFlight.incrementAndGet();
    if (bytes + OutgoingRecord.OVERHEAD_BYTES > largestRecord) {
      giveUp(entry, Loss.TOO_LARGE, "it takes " + bytes + " bytes, the topic " + largestRecord);
      landed(mine);
      return;
    }
    long sentNanos = System.nanoTime();
    try {
      current.send(
          new ProducerRecord<>(
              topic, null, clock.millis(), record.key(), record.value(), record.headers()),
          (metadata, cause) -> ended(entry, mine, sentNanos, cause));
    } catch (InterruptException e) {
      landed(mine);
      throw ProducerFactory.interrupted(e);
    } catch (KafkaException | IllegalStateException e) {
      // Thrown, and not given to the callback, when the producer is closed or broken for good.
      fault = new Fault(e, true);
      landed(mine);
    }
  }

  /** On the producer's thread, or on ours where the record did not even get into its buffer. */
  private void ended(Backlog.Entry entry, int sentBy, long sentNanos, @Nullable Exception cause) {
    if (cause == null) {
      meter.acknowledged(entry.record().value().length, System.nanoTime() - sentNanos);
      backlog.ended(entry.index());
    } else if (cause instanceof RecordTooLargeException) {
      giveUp(entry, Loss.TOO_LARGE, ProducerFactory.sentence(cause));
    } else if (cause instanceof InvalidRecordException) {
      giveUp(entry, Loss.REJECTED, ProducerFactory.sentence(cause));
    } else if (sentBy == generation.get()) {
      // It stays under way in the backlog, and is sent again with all behind it.
      fault = new Fault(cause, !mayPass(cause));
    }
    landed(sentBy);
  }

  /**
   * A producer may be stuck for good although the broker answers others, such as with sequence
   * numbers that the broker does not want: then it is replaced.
   */
  private void lookForAStall() throws InterruptedException {
    long now = nanos.getAsLong();
    if (meter.silentNanos() < STALL_NANOS) {
      answeredNanos = 0;
    } else if (now - askedNanos > ASK_NANOS && !closing) {
      askedNanos = now;
      if (!connection.answers()) {
        answeredNanos = 0;
      } else if (answeredNanos == 0) {
        answeredNanos = now;
      } else {
        answeredNanos = 0;
        fault =
            new Fault(
                new TimeoutException("nothing is acknowledged by a broker that answers"), true);
      }
    }
  }

  /** Whether the same producer may go on after a fault. */
  private static boolean mayPass(Exception cause) {
    return cause instanceof RetriableException
        || cause instanceof InvalidTopicException
        || (cause instanceof ApiException && cause instanceof TopicAuthorizationException);
  }

  private void giveUp(Backlog.Entry entry, Loss loss, String why) {
    backlog.ended(entry.index());
    meter.losses().add(loss, 1);
    trouble.warn("kafka: record {} for {} is lost: {}", entry.record().id(), topic, why);
  }

  private void landed(int sentBy) {
    synchronized (room) {
      if (sentBy == generation.get()) {
        inFlight.decrementAndGet();
      }
      room.notifyAll();
    }
  }

  private void recover(Producer<String, byte[]> current) throws InterruptedException {
    Fault found = fault;
    if (found == null) {
      return;
    }
    trouble.warn(
        "kafka: sending to {} failed and is repeated{}: {}",
        topic,
        found.fatal() ? " with a new producer" : "",
        ProducerFactory.sentence(found.cause()));
    long drainBy = System.nanoTime() + DRAIN_NANOS;
    while (!found.fatal() && inFlight.get() > 0 && System.nanoTime() < drainBy && !closing) {
      awaitRoom(1);
    }
    if (found.fatal() || inFlight.get() > 0) {
      closeProducer();
      meter.rebuilt();
    }
    fault = null;
    backlog.rewind();
    pause(RETRY_MILLIS);
  }

  /** Every callback has been called afterwards. */
  private void closeProducer() {
    Producer<String, byte[]> current = producer;
    producer = null;
    topicFound = false;
    if (current != null) {
      boolean interrupted = Thread.interrupted(); // Else Kafka would not wait for its thread.
      try {
        current.close(Duration.ZERO);
      } catch (KafkaException e) {
        LOG.warn("kafka: the producer for {} did not close: {}", topic, e.getMessage());
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

  /** Waits a moment for fewer records than so many in flight. */
  private void awaitRoom(int below) throws InterruptedException {
    synchronized (room) {
      if (inFlight.get() >= below && fault == null) {
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
