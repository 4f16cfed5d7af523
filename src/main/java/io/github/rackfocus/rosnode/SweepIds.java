package io.github.rackfocus.rosnode;

/** The lens driver's sweep numbers by time, of the last few hundred readings. Thread-safe. */
final class SweepIds {
  private static final int CAPACITY = 512;

  private final long[] stamps = new long[CAPACITY];
  private final long[] ids = new long[CAPACITY];
  private int count;

  /**
   * Adds the sweep number of a reading.
   *
   * @param restart whether time jumped back before it
   */
  synchronized void add(long stampNanos, long sweepId, boolean restart) {
    if (restart) {
      count = 0;
    }
    stamps[count % CAPACITY] = stampNanos;
    ids[count % CAPACITY] = sweepId;
    count = count + 1 == 2 * CAPACITY ? CAPACITY : count + 1;
  }

  /** Returns the sweep number of the last reading at or before a time; 0 if unknown. */
  synchronized long at(long stampNanos) {
    for (int back = 1; back <= Math.min(count, CAPACITY); back++) {
      int index = (count - back) % CAPACITY;
      if (stamps[index] <= stampNanos) {
        return ids[index];
      }
    }
    return 0;
  }
}
