package io.github.rackfocus.kafka.spool;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where records wait on disk during an outage, and within which bounds.
 *
 * @param folder made where it is missing; one process at a time. Each topic has a folder of its own
 *     below it
 * @param maxBytes on disk at most, for each topic; beyond it the oldest are dropped and counted
 * @param maxAge records that waited longer are dropped and counted, an eighth of it late at most
 * @param sync whether every record is forced onto the disk before it is sent, so that it outlives a
 *     power cut too; without it, it outlives the process, and the kernel writes within half a
 *     minute
 */
public record SpoolConfig(Path folder, long maxBytes, Duration maxAge, boolean sync) {
  private static final long LEAST_BYTES = 64 << 10;

  public SpoolConfig {
    if (maxBytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "spool: maxBytes is " + maxBytes + "; expected " + LEAST_BYTES + " or more");
    }
    if (maxAge.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "spool: maxAge is " + maxAge.toMillis() + " ms; expected 1000 or more");
    }
  }

  /** Half a gibibyte and an hour in a folder. */
  public static SpoolConfig in(Path folder) {
    return new SpoolConfig(folder, 512L << 20, Duration.ofHours(1), false);
  }

  /** The same in a folder below, for one topic. */
  public SpoolConfig forTopic(String topic) {
    return new SpoolConfig(folder.resolve(topic), maxBytes, maxAge, sync);
  }
}
