package io.github.rackfocus.frame;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where two stages meet: a bounded queue of leases from one thread to another.
 *
 * <p>When it is full, the live form drops its oldest lease and counts it (with a capacity of one:
 * the latest wins); the lossless form makes the giver wait. Thread-safe; allocates nothing.
 *
 * @param <T> what is handed over; the queue owns it until somebody takes it
 */
public final class Handover<T extends Lease> {
  private final int capacity;
  private final boolean lossless;
  private final ArrayDeque<T> queue;
  private boolean ended;
  private long dropped;

  /**
   * @param capacity leases that wait at most, at least 1
   * @param lossless whether {@link #put} waits for a place instead of dropping the oldest
   */
  public Handover(int capacity, boolean lossless) {
    if (capacity < 1) {
      throw new IllegalArgumentException("hand-over capacity is " + capacity + "; at least 1");
    }
    this.capacity = capacity;
    this.lossless = lossless;
    this.queue = new ArrayDeque<>(capacity);
  }

  /**
   * Hands over a lease, which belongs to the queue from now on; after the end it is closed and
   * counted as dropped.
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
   * Waits for the oldest lease.
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

  /** No more leases will come; those that wait may still be taken. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Ends the queue and closes what waits, counted as dropped. */
  public synchronized void abandon() {
    end();
    while (!queue.isEmpty()) {
      queue.removeFirst().close();
      dropped++;
    }
  }

  /** Leases that wait. */
  public synchronized int waiting() {
    return queue.size();
  }

  /** Leases that were closed because the queue was full or had ended. */
  public synchronized long dropped() {
    return dropped;
  }
}
