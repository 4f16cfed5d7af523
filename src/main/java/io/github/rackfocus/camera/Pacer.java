package io.github.rackfocus.camera;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a source's frames go at their time on an injected clock, or at once.
 *
 * <p>Times count from the first frame. A reader that comes late gets what is due without waiting.
 * One thread waits; {@link #close} may be called from another and ends the wait.
 */
public final class Pacer {
  /** How long a source without a rate waits before it asks its pool again. */
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
   * @param offsetNanos when, after the first frame
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
    long left;
    while (!isClosed() && (left = originNanos + offsetNanos - clock.nanoTime()) > 0) {
      clock.await(closed, left);
    }
    return !isClosed();
  }

  /**
   * Waits a little for frames to come back to a pool.
   *
   * @return false once closed
   */
  public boolean awaitLease() throws InterruptedException {
    clock.await(closed, POOL_RETRY_NANOS);
    return !isClosed();
  }

  /** Whether frames go at a rate; if not, the reader's pace is the source's. */
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
