package io.github.rackfocus.camera;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The monotonic time that a source paces its frames by, so that tests and replay bring theirs. */
public interface SourceClock {
  /** Time of this JVM. */
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

  /** Monotonic time, nanoseconds from any origin. */
  long nanoTime();

  /**
   * Waits for a time to pass, or for {@code stop} to be counted down.
   *
   * @return whether {@code stop} was what ended the wait
   */
  boolean await(CountDownLatch stop, long nanos) throws InterruptedException;
}
