package io.github.rackfocus.fleet;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Where in its partition a camera's last frames lie, and when they were taken: tells from where a
 * worker must read to have the camera's stack again. For one thread.
 */
final class FrameHistory {
  /** More than any camera takes in the sweeps that are read back; a guard against nonsense. */
  static final int MOST = 8192;

  private record Entry(long offset, long stampNanos) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  /** Notes a frame; offsets ascend. */
  void add(long offset, long stampNanos) {
    if (entries.size() == MOST) {
      entries.removeFirst();
    }
    entries.addLast(new Entry(offset, stampNanos));
  }

  /** Forgets all frames. */
  void clear() {
    entries.clear();
  }

  /**
   * The first frame needed to go on, and forgets those before it.
   *
   * @param finished the first offset whose depth is still wanted
   * @param spanNanos how far stacks reach back from a frame; {@code Long.MAX_VALUE}: unknown, all
   *     that is remembered
   * @return an offset of at most {@code finished}
   */
  long neededFrom(long finished, long spanNanos) {
    if (entries.isEmpty()) {
      return finished;
    }
    long reference = entries.getLast().stampNanos();
    for (Entry entry : entries) {
      if (entry.offset() >= finished) {
        reference = entry.stampNanos();
        break;
      }
    }
    Iterator<Entry> oldestFirst = entries.iterator();
    while (oldestFirst.hasNext()) {
      Entry entry = oldestFirst.next();
      if (reference - entry.stampNanos() <= spanNanos || entry.offset() >= finished) {
        return Math.min(entry.offset(), finished);
      }
      oldestFirst.remove();
    }
    return finished;
  }

  /** Frames a second, by their stamps; 0 while unknown. */
  double rateHz() {
    if (entries.size() < 2) {
      return 0;
    }
    long span = entries.getLast().stampNanos() - entries.getFirst().stampNanos();
    return span <= 0 ? 0 : (entries.size() - 1) * 1e9 / span;
  }
}
