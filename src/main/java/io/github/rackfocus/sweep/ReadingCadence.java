package io.github.rackfocus.sweep;

import java.util.function.LongUnaryOperator;

/**
 * Learns from the last frames whether the driver reads the lens with every frame, so that a frame
 * whose reading is late or was lost is not given the reading of the frame before: in a sweep that
 * would be the focus of another plane.
 *
 * <p>A lens that holds for several frames, and is read when it steps, has no such cadence. There
 * the last reading holds, as before.
 *
 * <p>Bounded. For one thread.
 */
final class ReadingCadence {
  /** Frames that are remembered: some may still lack a reading that arrives later. */
  private static final int CAPACITY = 64;

  /** Frames that are judged: the newest for which all readings have arrived. */
  private static final int JUDGED = 16;

  private static final int MIN_EXACT = 4;

  private static final int MIN_NEAR = 8;

  private final long[] times = new long[CAPACITY];
  private int next;
  private int count;

  /** Notes the time, nanoseconds, at which the focus of a frame was asked for. */
  void addFrame(long timeNanos) {
    if (count > 0 && timeNanos <= times[at(1)]) {
      count = 0;
    }
    times[next] = timeNanos;
    next = (next + 1) % CAPACITY;
    count = Math.min(count + 1, CAPACITY);
  }

  /**
   * Whether the reading of a frame that comes next is missing: readings used to come at the very
   * stamps of the frames and none has this one; or there used to be one since the frame before, and
   * there is none, nor any later one.
   *
   * @param timeNanos of the frame
   * @param newestStamp of the readings
   * @param stampAtOrBefore returns the stamp of the last reading at or before a time, {@link
   *     Long#MIN_VALUE} if there is none
   */
  boolean isMissing(long timeNanos, long newestStamp, LongUnaryOperator stampAtOrBefore) {
    long stamp = stampAtOrBefore.applyAsLong(timeNanos);
    if (stamp == timeNanos || count == 0 || timeNanos <= times[at(1)]) {
      return false;
    }
    boolean late = newestStamp < timeNanos && stamp <= times[at(1)];
    int judged = 0;
    int exact = 0;
    int near = 0;
    for (int back = 1; back < count && judged < JUDGED; back++) {
      long time = times[at(back)];
      if (time <= newestStamp) {
        long own = stampAtOrBefore.applyAsLong(time);
        if (own == Long.MIN_VALUE) {
          break; // Its readings are forgotten, which says nothing.
        }
        judged++;
        exact += own == time ? 1 : 0;
        near += own > times[at(back + 1)] ? 1 : 0;
      }
    }
    // A lens that holds for two frames and is read when it steps has a reading at half of them.
    return (judged >= MIN_EXACT && 8 * exact >= 5 * judged)
        || (late && judged >= MIN_NEAR && near >= judged - 1);
  }

  private int at(int back) {
    return (next + CAPACITY - back) % CAPACITY;
  }
}
