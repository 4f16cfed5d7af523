package io.github.rackfocus.camera;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

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
   * Leases a frame. An unpaced source waits until the pool has one; a paced source does not.
   *
   * @return null if the pool is empty or the source was closed while waiting
   */
  public @Nullable Frame lease(FramePool pool, int width, int height, boolean withColour)
      throws InterruptedException {
    Frame frame = pool.tryLease(width, height, withColour);
    while (frame == null && !paced && !clock.await(closed, POOL_RETRY_NANOS)) {
      frame = pool.tryLease(width, height, withColour);
    }
    return frame;
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
