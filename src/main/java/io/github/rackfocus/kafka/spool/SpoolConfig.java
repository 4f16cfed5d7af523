package io.github.rackfocus.kafka.spool;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where records wait on disk during an outage, and the limits.
 *
 * @param folder created if missing; used by one process at a time. Each topic has its own subfolder
 * @param maxBytes most bytes on disk per topic; beyond it the oldest records are dropped and
 *     counted
 * @param maxAge records that have waited longer are dropped and counted, at most an eighth of it
 *     late
 * @param sync whether each record is forced to disk before it is sent, so that it survives a power
 *     failure. Otherwise it survives the process, and the kernel writes it within half a minute
 */
public record SpoolConfig(Path folder, long maxBytes, Duration maxAge, boolean sync) {
  private static final long MIN_BYTES = 64 << 10;

  public SpoolConfig {
    if (maxBytes < MIN_BYTES) {
      throw new IllegalArgumentException(
          "spool: maxBytes is " + maxBytes + "; expected " + MIN_BYTES + " or more");
    }
    if (maxAge.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "spool: maxAge is " + maxAge.toMillis() + " ms; expected 1000 or more");
    }
  }

  /** The default limits: half a gibibyte and an hour. */
  public static SpoolConfig in(Path folder) {
    return new SpoolConfig(folder, 512L << 20, Duration.ofHours(1), false);
  }

  /** The same limits in the topic's subfolder. */
  public SpoolConfig forTopic(String topic) {
    return new SpoolConfig(folder.resolve(topic), maxBytes, maxAge, sync);
  }
}
