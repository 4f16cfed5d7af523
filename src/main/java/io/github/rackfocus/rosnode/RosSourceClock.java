package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.ros.RosClock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Paces a source by /clock, so that a simulated camera waits while simulated time stands still.
 * Thread-safe.
 */
record RosSourceClock(RosClock clock) implements SourceClock {
  /** How often simulated time is looked at; /clock has steps of about this length. */
  private static final long LOOK_NANOS = 2_000_000;

  /** The pace of a node: that of this JVM, or with use_sim_time that of /clock. */
  static SourceClock of(RosClock clock) {
    return clock.isSimulated() ? new RosSourceClock(clock) : SourceClock.SYSTEM;
  }

  @Override
  public long nanoTime() {
    return clock.nowNanos();
  }

  /** Returns early rather than late: who waits looks at the time again. */
  @Override
  public boolean await(CountDownLatch stop, long nanos) throws InterruptedException {
    return stop.await(Math.min(nanos, LOOK_NANOS), TimeUnit.NANOSECONDS);
  }
}
