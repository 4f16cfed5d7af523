package io.github.rackfocus.ros.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct little-endian buffers that are used again, in sizes of four steps to the doubling, so that
 * at most a quarter is waste. What lies idle is bounded. In the steady state nothing is allocated.
 * Thread-safe.
 */
public final class BufferPool {
  private static final int SMALLEST_BITS = 12;
  private static final int SMALLEST = 1 << SMALLEST_BITS;
  private static final int CLASSES = 4 * (31 - SMALLEST_BITS) + 1;

  private final long mostIdleBytes;
  private final ArrayDeque<Lease>[] idle = shelves();
  private long idleBytes;
  private long allocations;
  private int held;
  private long heldBytes;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static ArrayDeque<Lease>[] shelves() {
    return new ArrayDeque[CLASSES];
  }

  /** A buffer with a count of holders; the last one to release it gives it back. */
  public final class Lease {
    private final ByteBuffer buffer;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final ArrayDeque<ByteBuffer> views = new ArrayDeque<>(4);

    private Lease(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    /** Position and limit are the first holder's to set; others take a view. */
    public ByteBuffer buffer() {
      return buffer;
    }

    /** The buffer from 0 to its limit with a position of its own, until it is given back. */
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

    public void giveBackView(ByteBuffer view) {
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
        giveBack(this);
      } else if (left < 0) {
        throw new IllegalStateException("a message buffer was released twice");
      }
    }
  }

  public BufferPool(long mostIdleBytes) {
    this.mostIdleBytes = mostIdleBytes;
  }

  /**
   * A buffer of at least that capacity, cleared; its content is undefined.
   *
   * @throws IllegalStateException if the JVM may not have that much direct memory
   */
  public Lease take(int least) {
    int size = sizeFor(least);
    synchronized (this) {
      held++;
      heldBytes += size;
      ArrayDeque<Lease> free = idle[shelf(size)];
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
          "no memory for a message of "
              + least
              + " bytes; -XX:MaxDirectMemorySize sets how much there is",
          e);
    }
  }

  /** How often no idle buffer was there. */
  public synchronized long allocations() {
    return allocations;
  }

  /** Buffers that somebody holds now. */
  public synchronized int held() {
    return held;
  }

  /** All memory of the pool: held and idle. */
  public synchronized long takenBytes() {
    return heldBytes + idleBytes;
  }

  private synchronized void giveBack(Lease lease) {
    int size = lease.buffer.capacity();
    held--;
    heldBytes -= size;
    if (idleBytes + size <= mostIdleBytes) {
      idleBytes += size;
      int shelf = shelf(size);
      if (idle[shelf] == null) {
        idle[shelf] = new ArrayDeque<>();
      }
      idle[shelf].addLast(lease);
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

  /** The number of a size that {@link #sizeFor} gave: 0 for the smallest, four to the doubling. */
  private static int shelf(int size) {
    if (size <= SMALLEST) {
      return 0;
    }
    int bits = 31 - Integer.numberOfLeadingZeros(size - 1);
    return 1 + 4 * (bits - SMALLEST_BITS) + ((size - 1) >> (bits - 2)) - 4;
  }
}
