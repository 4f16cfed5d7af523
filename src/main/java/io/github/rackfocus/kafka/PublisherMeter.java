package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.Backlog;
import io.github.rackfocus.kafka.spool.LossCounts;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts a publisher's records and detects outages. Thread-safe. */
final class PublisherMeter {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherMeter.class);

  /** An outage: no acknowledgement for this long although records wait. */
  private static final long OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

  private final String topic;
  private final String outagePolicy;
  private final LossCounts losses = new LossCounts();
  private final LongSupplier nanoClock;
  private final Histogram acknowledgements = new Histogram(LONGEST_NANOS, 2);
  private long offered;
  private long acknowledged;
  private long acknowledgedBytes;
  private long outages;
  private long producersReplaced;
  private long progressNanos;
  private boolean outage;

  /**
   * @param outagePolicy where records wait during an outage, for the log
   * @param nanoClock monotonic
   */
  PublisherMeter(String topic, String outagePolicy, LongSupplier nanoClock) {
    this.topic = topic;
    this.outagePolicy = outagePolicy;
    this.nanoClock = nanoClock;
    this.progressNanos = nanoClock.getAsLong();
  }

  LossCounts losses() {
    return losses;
  }

  synchronized void recordOffered() {
    offered++;
  }

  /**
   * Records an acknowledgement.
   *
   * @param bytes size of the record's value
   * @param nanos time since it was sent
   */
  synchronized void recordAcknowledged(int bytes, long nanos) {
    acknowledged++;
    acknowledgedBytes += bytes;
    acknowledgements.recordValue(Math.min(Math.max(nanos, 0), LONGEST_NANOS));
    long now = nanoClock.getAsLong();
    if (outage) {
      outage = false;
      LOG.info(
          String.format(
              Locale.ROOT,
              "Kafka topic %s acknowledges records again after %.1f s; %d lost so far",
              topic,
              (now - progressNanos) * 1e-9,
              losses.total()));
    }
    progressNanos = now;
  }

  synchronized void recordProducerReplaced() {
    producersReplaced++;
  }

  synchronized boolean isOutage() {
    return outage;
  }

  /** Time since the last acknowledgement, or since no record was pending. */
  synchronized long silentNanos() {
    return nanoClock.getAsLong() - progressNanos;
  }

  /**
   * Checks whether an outage has begun; called several times per second.
   *
   * @param pending records that wait or are in flight
   */
  synchronized void checkOutage(long pending) {
    long now = nanoClock.getAsLong();
    if (pending == 0) {
      progressNanos = now;
    } else if (!outage && now - progressNanos > OUTAGE_NANOS) {
      outage = true;
      outages++;
      LOG.warn(
          "Kafka topic {} has acknowledged no record for {} s; {}",
          topic,
          TimeUnit.NANOSECONDS.toSeconds(now - progressNanos),
          outagePolicy);
    }
  }

  synchronized PublisherCounts counts(Backlog backlog, int inFlight) {
    return new PublisherCounts(
        topic,
        offered,
        backlog.recovered(),
        acknowledged,
        losses.byCause(),
        new PublisherCounts.Pending(backlog.waiting(), inFlight, backlog.bytes()),
        new PublisherCounts.Delivery(
            acknowledgedBytes,
            acknowledgements.getValueAtPercentile(50) / 1e6,
            acknowledgements.getValueAtPercentile(99) / 1e6),
        new PublisherCounts.Outages(outage, outages, producersReplaced));
  }
}
