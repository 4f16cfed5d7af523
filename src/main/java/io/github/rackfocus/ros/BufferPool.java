package io.github.rackfocus.ros;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct little-endian buffers that are used again, in sizes of four steps to the doubling, so that
 * at most a quarter is waste. What lies idle is bounded. Thread-safe.
 */
final class BufferPool {
  private static final int SMALLEST = 1 << 12;

  private final long mostIdleBytes;
  private final Map<Integer, ArrayDeque<ByteBuffer>> idle = new HashMap<>();
  private long idleBytes;
  private long allocations;

  /** A buffer with a count of holders; the last one to release it gives it back. */
  final class Lease {
    private final ByteBuffer buffer;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Lease(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    /** Position and limit are the first holder's to set; others take a duplicate. */
    ByteBuffer buffer() {
      return buffer;
    }

    void retain() {
      holders.incrementAndGet();
    }

    void release() {
      int left = holders.decrementAndGet();
      if (left == 0) {
        giveBack(buffer);
      } else if (left < 0) {
        throw new IllegalStateException("a message buffer was released twice");
      }
    }
  }

  BufferPool(long mostIdleBytes) {
    this.mostIdleBytes = mostIdleBytes;
  }

  /** A buffer of at least that capacity, cleared; its content is undefined. */
  Lease take(int least) {
    int size = sizeFor(least);
    synchronized (this) {
      ArrayDeque<ByteBuffer> free = idle.get(size);
      ByteBuffer buffer = free == null ? null : free.pollLast();
      if (buffer != null) {
        idleBytes -= size;
        return new Lease(buffer.clear());
      }
      allocations++;
    }
    return new Lease(ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** How often no idle buffer was there. */
  synchronized long allocations() {
    return allocations;
  }

  private synchronized void giveBack(ByteBuffer buffer) {
    int size = buffer.capacity();
    if (idleBytes + size <= mostIdleBytes) {
      idleBytes += size;
      idle.computeIfAbsent(size, any -> new ArrayDeque<>()).addLast(buffer);
    }
  }

  static int sizeFor(int least) {
    if (least <= SMALLEST) {
      return SMALLEST;
    }
    int step = Integer.highestOneBit(least - 1) >> 2;
    long size = ((long) least + step - 1) / step * step;
    return (int) Math.min(size, Integer.MAX_VALUE);
  }
}
