package io.github.rackfocus.frame;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of leases between two stages, from one thread to another.
 *
 * <p>When it is full, the live form drops its oldest lease and counts it (with a capacity of one:
 * the latest wins); the lossless form makes the producer wait. Thread-safe; allocates nothing.
 *
 * @param <T> type of the leases; the queue owns a lease until it is taken
 */
public final class Handover<T extends Lease> {
  private final int capacity;
  private final boolean lossless;
  private final ArrayDeque<T> queue;
  private boolean ended;
  private long dropped;

  /**
   * @param capacity maximum number of queued leases, at least 1
   * @param lossless whether {@link #put} waits for space instead of dropping the oldest lease
   */
  public Handover(int capacity, boolean lossless) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "hand-over capacity is " + capacity + "; expected at least 1");
    }
    this.capacity = capacity;
    this.lossless = lossless;
    this.queue = new ArrayDeque<>(capacity);
  }

  /**
   * Queues a lease, which belongs to the queue from now on. After {@link #end} the lease is closed
   * and counted as dropped.
   */
  public synchronized void put(T lease) throws InterruptedException {
    try {
      while (lossless && queue.size() >= capacity && !ended) {
        wait();
      }
    } catch (InterruptedException e) {
      lease.close();
      throw e;
    }
    if (ended) {
      lease.close();
      dropped++;
      return;
    }
    if (queue.size() >= capacity) {
      queue.removeFirst().close();
      dropped++;
    }
    queue.addLast(lease);
    notifyAll();
  }

  /**
   * Waits for a lease and removes the oldest.
   *
   * @return a lease that the caller closes, or null once the queue has ended and is empty
   */
  public synchronized @Nullable T take() throws InterruptedException {
    while (queue.isEmpty() && !ended) {
      wait();
    }
    T lease = queue.pollFirst();
    notifyAll();
    return lease;
  }

  /** Ends the queue: no more leases are accepted; those queued may still be taken. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Ends the queue, and closes the queued leases and counts them as dropped. */
  public synchronized void abandon() {
    end();
    while (!queue.isEmpty()) {
      queue.removeFirst().close();
      dropped++;
    }
  }

  /** Number of queued leases. */
  public synchronized int waiting() {
    return queue.size();
  }

  /** Number of leases closed because the queue was full or had ended. */
  public synchronized long dropped() {
    return dropped;
  }
}
