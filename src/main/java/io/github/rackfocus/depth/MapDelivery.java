package io.github.rackfocus.depth;

import java.util.function.IntConsumer;

/**
 * Follows a map to the sinks that want it, and says once how many took it: when all are done with
 * it, or when its last lease is closed. Thread-safe.
 */
public final class MapDelivery {
  private final IntConsumer done;
  private int pending;
  private int delivered;
  private boolean ended;

  /**
   * @param done takes the number of sinks that took the map, on the thread of the last of them
   */
  public MapDelivery(IntConsumer done) {
    this.done = done;
  }

  /** Says how many sinks will get the map, before any gets it; at 0 the delivery ends. */
  public void expect(int sinks) {
    synchronized (this) {
      pending = sinks;
    }
    endIf(sinks == 0);
  }

  /** A sink is done with the map. */
  public void sinkDone(boolean took) {
    boolean last;
    synchronized (this) {
      delivered += took ? 1 : 0;
      last = --pending == 0;
    }
    endIf(last);
  }

  /** Nobody has the map any more, whether or not all sinks took it. */
  void released() {
    endIf(true);
  }

  private void endIf(boolean whether) {
    int count;
    synchronized (this) {
      if (!whether || ended) {
        return;
      }
      ended = true;
      count = delivered;
    }
    done.accept(count);
  }
}
