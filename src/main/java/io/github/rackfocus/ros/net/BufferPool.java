package io.github.rackfocus.ros.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of direct little-endian buffers in four size classes per doubling, so that at most a
 * quarter of a buffer is unused. The size of idle buffers is bounded. In the steady state nothing
 * is allocated. Thread-safe.
 */
public final class BufferPool {
  private static final int MIN_SIZE_BITS = 12;
  private static final int MIN_SIZE = 1 << MIN_SIZE_BITS;
  private static final int CLASSES = 4 * (31 - MIN_SIZE_BITS) + 1;

  private final long maxIdleBytes;
  private final ArrayDeque<Lease>[] idle = emptyClasses();
  private long idleBytes;
  private long allocations;
  private int held;
  private long heldBytes;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static ArrayDeque<Lease>[] emptyClasses() {
    return new ArrayDeque[CLASSES];
  }

  /** A reference-counted buffer, returned to the pool when its last holder releases it. */
  public final class Lease {
    private final ByteBuffer buffer;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final ArrayDeque<ByteBuffer> views = new ArrayDeque<>(4);

    private Lease(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    /** Returns the buffer. Only the first holder sets position and limit; others take a view. */
    public ByteBuffer buffer() {
      return buffer;
    }

    /**
     * Returns a view from 0 to the buffer's limit with its own position; give it back after use.
     */
    public ByteBuffer takeView() {
      ByteBuffer view;
      synchronized (views) {
        view = views.pollLast();
      }
      if (view == null) {
        view = buffer.duplicate();
      }
      return view.clear().limit(buffer.limit());
    }

    public void returnView(ByteBuffer view) {
      synchronized (views) {
        views.addLast(view);
      }
    }

    public void retain() {
      holders.incrementAndGet();
    }

    public void release() {
      int left = holders.decrementAndGet();
      if (left == 0) {
        returnToPool(this);
      } else if (left < 0) {
        throw new IllegalStateException("a message buffer was released twice");
      }
    }
  }

  public BufferPool(long maxIdleBytes) {
    this.maxIdleBytes = maxIdleBytes;
  }

  /**
   * Leases a cleared buffer of at least the given capacity, bytes; its content is undefined.
   *
   * @throws IllegalStateException if the limit of direct memory is reached
   */
  public Lease take(int least) {
    int size = sizeFor(least);
    synchronized (this) {
      held++;
      heldBytes += size;
      ArrayDeque<Lease> free = idle[sizeClass(size)];
      Lease lease = free == null ? null : free.pollLast();
      if (lease != null) {
        idleBytes -= size;
        lease.holders.set(1);
        lease.buffer.clear();
        return lease;
      }
      allocations++;
    }
    try {
      return new Lease(ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN));
    } catch (OutOfMemoryError e) {
      synchronized (this) {
        held--;
        heldBytes -= size;
      }
      throw new IllegalStateException(
          "out of direct memory for a message of "
              + least
              + " bytes; -XX:MaxDirectMemorySize sets the limit",
          e);
    }
  }

  /** Returns the number of buffers allocated because none was idle. */
  public synchronized long allocations() {
    return allocations;
  }

  /** Returns the number of leased buffers. */
  public synchronized int held() {
    return held;
  }

  /** Returns the bytes of all buffers, leased and idle. */
  public synchronized long totalBytes() {
    return heldBytes + idleBytes;
  }

  private synchronized void returnToPool(Lease lease) {
    int size = lease.buffer.capacity();
    held--;
    heldBytes -= size;
    if (idleBytes + size <= maxIdleBytes) {
      idleBytes += size;
      int sizeClass = sizeClass(size);
      if (idle[sizeClass] == null) {
        idle[sizeClass] = new ArrayDeque<>();
      }
      idle[sizeClass].addLast(lease);
    }
  }

  static int sizeFor(int least) {
    if (least <= MIN_SIZE) {
      return MIN_SIZE;
    }
    int step = Integer.highestOneBit(least - 1) >> 2;
    long size = ((long) least + step - 1) / step * step;
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  /** Returns the size class of a size returned by {@link #sizeFor}; 0 is the smallest. */
  private static int sizeClass(int size) {
    if (size <= MIN_SIZE) {
      return 0;
    }
    int bits = 31 - Integer.numberOfLeadingZeros(size - 1);
    return 1 + 4 * (bits - MIN_SIZE_BITS) + ((size - 1) >> (bits - 2)) - 4;
  }
}
