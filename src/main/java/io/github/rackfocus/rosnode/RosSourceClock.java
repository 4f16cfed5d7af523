package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.ros.RosClock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Paces a source by /clock, so that a simulated camera pauses with simulated time. Thread-safe. */
record RosSourceClock(RosClock clock) implements SourceClock {
  /** Interval of polling simulated time; /clock has steps of about this length. */
  private static final long POLL_NANOS = 2_000_000;

  /** Returns the system clock, or /clock with use_sim_time. */
  static SourceClock of(RosClock clock) {
    return clock.isSimulated() ? new RosSourceClock(clock) : SourceClock.SYSTEM;
  }

  @Override
  public long nanoTime() {
    return clock.nowNanos();
  }

  /** May return early; the caller checks the time again. */
  @Override
  public boolean await(CountDownLatch stop, long nanos) throws InterruptedException {
    return stop.await(Math.min(nanos, POLL_NANOS), TimeUnit.NANOSECONDS);
  }
}
