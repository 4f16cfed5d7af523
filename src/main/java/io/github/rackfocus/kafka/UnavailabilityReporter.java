package io.github.rackfocus.kafka;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs why a topic is unavailable: when the reason changes, and every 30 s while it lasts. Not
 * thread-safe.
 */
final class UnavailabilityReporter {
  private static final Logger LOG = LoggerFactory.getLogger(UnavailabilityReporter.class);

  /** A new client takes a moment to find its broker, which is not worth a warning. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long REMINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final String topic;
  private final KafkaClientConfig config;
  private final long startNanos = System.nanoTime();
  private String lastReason = "";
  private long lastNanos;

  UnavailabilityReporter(KafkaClientConfig config, String topic) {
    this.config = config;
    this.topic = topic;
  }

  /** Reports a failed attempt to reach the topic. */
  void report(String reason) {
    long now = System.nanoTime();
    boolean isDue = !reason.equals(lastReason) || now - lastNanos > REMINDER_NANOS;
    if (now - startNanos > GRACE_NANOS && isDue) {
      lastReason = reason;
      lastNanos = now;
      LOG.warn(
          "Kafka topic {} at {} is unavailable: {}; {}",
          topic,
          config.bootstrapServers(),
          reason,
          config.outagePolicy());
    }
  }
}
