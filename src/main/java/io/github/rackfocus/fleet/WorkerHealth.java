package io.github.rackfocus.fleet;

import java.util.Map;

/**
 * How a worker is doing, since its start. A frame that is read for its depth ends in one of {@code
 * refused}, {@code dropped}, {@code assembling}, {@code notDue}, {@code skippedStacks}, {@code
 * maps}, {@code mapsFailed}, {@code mapsLost}, or is under way; nothing else happens to it.
 *
 * @param partitions assigned at present
 * @param cameras with a stack at present
 * @param frames read for their depth
 * @param framesReadBack read to fill stacks only
 * @param framesSkipped passed over unread, or read to fill stacks only, because the worker was too
 *     far behind
 * @param refused records that are no frames, by cause
 * @param dropped frames that found no place in their stack, by cause
 * @param assembling frames before their camera's stack was complete
 * @param notDue frames between those that {@code sweep.everyNth} picks
 * @param skippedStacks stacks for which a newer one came before inference was free
 * @param maps acknowledged by the broker
 * @param mapsFailed stacks for which no map could be made
 * @param mapsLost maps that the broker refused for good
 * @param deadLetters refused records that were sent to the dead-letter topic
 * @param waiting stacks that wait for inference
 * @param lag records at the broker, not yet read
 * @param latencyP50Millis record's arrival to hand-over of its map, median
 * @param latencyP95Millis the same, 95th percentile
 * @param latencyP99Millis the same, 99th percentile
 * @param validShare of the last map's pixels, 0 to 1
 */
public record WorkerHealth(
    int partitions,
    int cameras,
    long frames,
    long framesReadBack,
    long framesSkipped,
    Map<String, Long> refused,
    Map<String, Long> dropped,
    long assembling,
    long notDue,
    long skippedStacks,
    long maps,
    long mapsFailed,
    long mapsLost,
    long deadLetters,
    int waiting,
    long lag,
    double latencyP50Millis,
    double latencyP95Millis,
    double latencyP99Millis,
    double validShare) {

  /** Frames whose depth the worker gave up, by whatever cause, but for those still assembling. */
  public long lost() {
    return framesSkipped + skippedStacks + mapsFailed + mapsLost + sum(refused) + sum(dropped);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
