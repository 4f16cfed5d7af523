package io.github.rackfocus.fleet;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * The offsets and stamps of a camera's last frames, which determine how far back a worker must read
 * to restore the camera's stack. Not thread-safe.
 */
final class FrameHistory {
  /** More frames than any read-back needs; limits the memory for implausible stamps. */
  static final int MAX_FRAMES = 8192;

  private record Entry(long offset, long stampNanos) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  /** Adds a frame; offsets must ascend. */
  void add(long offset, long stampNanos) {
    if (entries.size() == MAX_FRAMES) {
      entries.removeFirst();
    }
    entries.addLast(new Entry(offset, stampNanos));
  }

  /** Removes all frames. */
  void clear() {
    entries.clear();
  }

  /**
   * Returns the offset of the first frame needed to continue, and removes older frames.
   *
   * @param finished the first offset whose depth is still needed
   * @param spanNanos how far stacks reach back from a frame; {@code Long.MAX_VALUE} if unknown,
   *     which returns the oldest frame
   * @return at most {@code finished}
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

  /** Frames per second according to their stamps; 0 while unknown. */
  double rateHz() {
    if (entries.size() < 2) {
      return 0;
    }
    long span = entries.getLast().stampNanos() - entries.getFirst().stampNanos();
    return span <= 0 ? 0 : (entries.size() - 1) * 1e9 / span;
  }
}
