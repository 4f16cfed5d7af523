package io.github.rackfocus.fleet;

import java.util.Map;

/**
 * Counts of a worker since its start. A frame that is read to compute its depth ends as {@code
 * frames.rejected}, {@code frames.dropped}, {@code frames.assembling}, {@code frames.notDue},
 * {@code stacks.skipped}, {@code maps.acknowledged}, {@code maps.failed} or {@code maps.lost}, or
 * is in progress.
 *
 * @param partitions partitions assigned now
 * @param cameras cameras with a stack now
 * @param lag records that were not read yet
 * @param frames frames read
 * @param stacks stacks passed to inference
 * @param maps depth maps
 * @param latency from the arrival of a record to the hand-over of its map
 */
public record WorkerHealth(
    int partitions,
    int cameras,
    long lag,
    Frames frames,
    Stacks stacks,
    Maps maps,
    Latency latency) {

  /**
   * Frames read.
   *
   * @param read frames read to compute their depth
   * @param readBack frames read only to fill stacks
   * @param skipped frames not read, or read only to fill stacks, because the worker was too far
   *     behind
   * @param rejected records that are not valid frames, by cause
   * @param dropped frames that did not fit into their stack, by cause
   * @param assembling frames before their camera's stack was complete
   * @param notDue frames between those that {@code sweep.everyNth} selects
   * @param deadLetters rejected records that were sent to the dead-letter topic
   */
  public record Frames(
      long read,
      long readBack,
      long skipped,
      Map<String, Long> rejected,
      Map<String, Long> dropped,
      long assembling,
      long notDue,
      long deadLetters) {

    private long lost() {
      return skipped + sum(rejected) + sum(dropped);
    }

    private static long sum(Map<String, Long> counts) {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Stacks passed to inference.
   *
   * @param skipped stacks replaced by a newer one before inference was free
   * @param waiting stacks that wait for inference now
   */
  public record Stacks(long skipped, int waiting) {}

  /**
   * Depth maps.
   *
   * @param acknowledged maps acknowledged by the broker
   * @param failed stacks for which inference failed
   * @param lost maps that the broker rejected
   * @param validShare published share of the last map, 0 to 1
   */
  public record Maps(long acknowledged, long failed, long lost, double validShare) {}

  /** Latency in milliseconds: median, 95th and 99th percentile. */
  public record Latency(double p50Millis, double p95Millis, double p99Millis) {}

  /** Frames without depth, of all causes, except for those still assembling. */
  public long lost() {
    return frames.lost() + stacks.skipped + maps.failed + maps.lost;
  }
}
