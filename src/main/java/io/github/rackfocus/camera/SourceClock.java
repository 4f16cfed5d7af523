package io.github.rackfocus.camera;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The monotonic clock that a source paces its frames by; tests and replays use their own. */
public interface SourceClock {
  /** The clock of this JVM. */
  SourceClock SYSTEM =
      new SourceClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public boolean await(CountDownLatch stop, long nanos) throws InterruptedException {
          return stop.await(nanos, TimeUnit.NANOSECONDS);
        }
      };

  /** Returns the monotonic time in nanoseconds since an arbitrary origin. */
  long nanoTime();

  /**
   * Waits until a time has passed or {@code stop} is counted down.
   *
   * @return whether {@code stop} was counted down
   */
  boolean await(CountDownLatch stop, long nanos) throws InterruptedException;
}
