package io.github.rackfocus.frame;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lease that several owners may hold: each retains it to keep it beyond the call that handed it
 * over, and closes it once for each lease; the last close lets go. Thread-safe. {@link #toString}
 * names the thing in errors.
 */
public abstract class CountedLease implements Lease {
  private final AtomicInteger leases = new AtomicInteger();

  protected CountedLease() {}

  /** Begins with one lease. */
  protected final void begin() {
    leases.set(1);
  }

  /**
   * Takes one lease more.
   *
   * @throws IllegalStateException after the last close
   */
  protected final void take() {
    if (leases.getAndIncrement() <= 0) {
      leases.getAndDecrement();
      throw new IllegalStateException(this + " was retained after its last close");
    }
  }

  /** Called once, by whoever closes the last lease. */
  protected abstract void lastClosed();

  /**
   * Gives one lease back; the last one lets go.
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
