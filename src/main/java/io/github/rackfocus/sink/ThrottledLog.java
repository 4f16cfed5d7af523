package io.github.rackfocus.sink;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says what goes wrong on the way of the data at most once a second, and how often it was left
 * unsaid in between: a fault that hits every frame must not fill the log. Thread-safe.
 */
public final class ThrottledLog {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final Logger log;
  private final LongSupplier nanoClock;
  private long nextNanos;
  private long unsaid;
  private boolean saidBefore;

  /**
   * @param log where it is said, as a warning
   */
  public ThrottledLog(Logger log) {
    this(log, System::nanoTime);
  }

  /**
   * @param nanoClock a monotonic clock, nanoseconds
   */
  public ThrottledLog(Logger log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
  }

  /**
   * Says it, unless something was said within the last second.
   *
   * @param message one sentence for the operator
   * @return whether it was said
   */
  public synchronized boolean warn(String message) {
    long now = nanoClock.getAsLong();
    if (saidBefore && now - nextNanos < 0) {
      unsaid++;
      return false;
    }
    if (unsaid == 0) {
      log.warn("{}", message);
    } else {
      log.warn("{} (and {} more since the last such line)", message, unsaid);
    }
    saidBefore = true;
    unsaid = 0;
    nextNanos = now + INTERVAL_NANOS;
    return true;
  }
}
