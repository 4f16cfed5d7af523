package io.github.rackfocus.camera;

import java.util.concurrent.CountDownLatch;

/**
 * Releases the frames of a source at their due times on an injected clock, or at once.
 *
 * <p>Times are relative to the first frame. A late reader gets due frames without waiting. One
 * thread waits; {@link #close} may be called from another thread and unblocks it.
 */
public final class Pacer {
  /** How long an unpaced source waits before it retries to lease a frame. */
  private static final long POOL_RETRY_NANOS = 500_000;

  private final SourceClock clock;
  private final boolean paced;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long originNanos;
  private boolean started;

  public Pacer(SourceClock clock, boolean paced) {
    this.clock = clock;
    this.paced = paced;
  }

  /**
   * Waits until a frame is due.
   *
   * @param offsetNanos due time after the first frame
   * @return false once closed
   */
  public boolean awaitDue(long offsetNanos) throws InterruptedException {
    if (!paced) {
      return !isClosed();
    }
    if (!started) {
      started = true;
      originNanos = clock.nanoTime() - offsetNanos;
    }
    long remaining;
    while (!isClosed() && (remaining = originNanos + offsetNanos - clock.nanoTime()) > 0) {
      clock.await(closed, remaining);
    }
    return !isClosed();
  }

  /**
   * Waits briefly for frames to return to the pool.
   *
   * @return false once closed
   */
  public boolean awaitLease() throws InterruptedException {
    clock.await(closed, POOL_RETRY_NANOS);
    return !isClosed();
  }

  /** Returns whether frames are released at a rate; otherwise as fast as they are read. */
  public boolean isPaced() {
    return paced;
  }

  public long nanoTime() {
    return clock.nanoTime();
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  public void close() {
    closed.countDown();
  }
}
