package io.github.rackfocus.frame;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lease that several owners may hold. An owner retains it to keep it beyond the call that handed
 * it over, and closes it once per lease; the last close releases the object. Thread-safe. Errors
 * name the object by its {@link #toString}.
 */
public abstract class CountedLease implements Lease {
  private final AtomicInteger leases = new AtomicInteger();

  protected CountedLease() {}

  /** Starts a new use, with one lease. */
  protected final void begin() {
    leases.set(1);
  }

  /**
   * Adds a lease.
   *
   * @throws IllegalStateException after the last close
   */
  protected final void take() {
    if (leases.getAndIncrement() <= 0) {
      leases.getAndDecrement();
      throw new IllegalStateException(this + " was retained after its last close");
    }
  }

  /** Releases the object. Called once, on the thread that closes the last lease. */
  protected abstract void lastClosed();

  /**
   * Returns one lease; the last one releases the object.
   *
   * @throws IllegalStateException if it was closed more often than leased
   */
  @Override
  public final void close() {
    int left = leases.decrementAndGet();
    if (left < 0) {
      leases.incrementAndGet();
      throw new IllegalStateException(this + " was closed more often than leased");
    }
    if (left == 0) {
      lastClosed();
    }
  }
}
