package io.github.rackfocus.depth;

import io.github.rackfocus.frame.FramePool;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A bounded pool of depth maps of one size at a time. Thread-safe. */
public final class DepthMapPool {
  private final int capacity;
  private final ArrayDeque<DepthMap> free;
  private int leased;
  private int width;
  private int height;

  /**
   * @param capacity maximum number of leased maps, at least 1
   */
  public DepthMapPool(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "depth map pool capacity is " + capacity + "; expected at least 1");
    }
    this.capacity = capacity;
    this.free = new ArrayDeque<>(capacity);
  }

  /**
   * Leases a map to fill.
   *
   * @return the map, with one lease, or null if {@code capacity} maps are leased
   * @throws IllegalArgumentException for a size that {@link FramePool#checkSize} rejects
   */
  public synchronized @Nullable DepthMap tryLease(int width, int height) {
    FramePool.checkSize(width, height);
    if (width != this.width || height != this.height) {
      free.clear();
      this.width = width;
      this.height = height;
    }
    if (leased >= capacity) {
      return null;
    }
    DepthMap map = free.pollLast();
    if (map == null) {
      map = new DepthMap(this, width, height);
    }
    leased++;
    return map.open();
  }

  /** Number of leased maps; 0 after everything was closed. */
  public synchronized int leased() {
    return leased;
  }

  synchronized void giveBack(DepthMap map) {
    leased--;
    if (map.width() == width && map.height() == height) {
      free.addLast(map);
    }
  }
}
