package io.github.rackfocus.camera;

import java.util.concurrent.CountDownLatch;

/** A clock that advances by the duration of each wait, and by {@link #pass}. */
public final class FakeClock implements SourceClock {
  private long nanos = 1_000;
  private long waitedNanos;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public boolean await(CountDownLatch stop, long duration) {
    if (stop.getCount() == 0) {
      return true;
    }
    nanos += duration;
    waitedNanos += duration;
    return false;
  }

  /** Advances the time without a wait. */
  void pass(long duration) {
    nanos += duration;
  }

  public long waitedNanos() {
    return waitedNanos;
  }
}
