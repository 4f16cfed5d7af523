package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.Backlog;
import io.github.rackfocus.kafka.spool.LossCounts;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what becomes of a publisher's records, and notices outages. Thread-safe. */
final class PublisherMeter {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherMeter.class);

  /** Without an acknowledgement for so long, while records wait, the broker counts as away. */
  private static final long OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

  private final String topic;
  private final LossCounts losses = new LossCounts();
  private final LongSupplier nanos;
  private final Histogram acknowledgements = new Histogram(LONGEST_NANOS, 2);
  private long offered;
  private long acknowledged;
  private long acknowledgedBytes;
  private long outages;
  private long rebuilt;
  private long progressNanos;
  private boolean outage;

  /**
   * @param nanos a clock that only rises
   */
  PublisherMeter(String topic, LongSupplier nanos) {
    this.topic = topic;
    this.nanos = nanos;
    this.progressNanos = nanos.getAsLong();
  }

  LossCounts losses() {
    return losses;
  }

  synchronized void offered() {
    offered++;
  }

  synchronized void acknowledged(int bytes, long tookNanos) {
    acknowledged++;
    acknowledgedBytes += bytes;
    acknowledgements.recordValue(Math.min(Math.max(tookNanos, 0), LONGEST_NANOS));
    long now = nanos.getAsLong();
    if (outage) {
      outage = false;
      LOG.info(
          String.format(
              Locale.ROOT,
              "kafka: topic %s acknowledges again after %.1f s; lost so far: %d",
              topic,
              (now - progressNanos) * 1e-9,
              losses.total()));
    }
    progressNanos = now;
  }

  synchronized void rebuilt() {
    rebuilt++;
  }

  synchronized boolean isOutage() {
    return outage;
  }

  /** How long nothing was acknowledged while something waited. */
  synchronized long silentNanos() {
    return nanos.getAsLong() - progressNanos;
  }

  /** Looks whether an outage has begun; called a few times a second. */
  synchronized void watch(long pending, ProducerFactory connection) {
    long now = nanos.getAsLong();
    if (pending == 0) {
      progressNanos = now;
    } else if (!outage && now - progressNanos > OUTAGE_NANOS) {
      outage = true;
      outages++;
      LOG.warn(
          "kafka: topic {} has acknowledged nothing for {} s; {}",
          topic,
          TimeUnit.NANOSECONDS.toSeconds(now - progressNanos),
          connection.whatHappensMeanwhile());
    }
  }

  synchronized PublisherCounts counts(Backlog backlog, int inFlight) {
    return new PublisherCounts(
        topic,
        offered,
        backlog.recovered(),
        acknowledged,
        losses.byCause(),
        backlog.waiting(),
        inFlight,
        backlog.bytes(),
        acknowledgedBytes,
        outage,
        outages,
        rebuilt,
        acknowledgements.getValueAtPercentile(50) / 1e6,
        acknowledgements.getValueAtPercentile(99) / 1e6);
  }
}
