package io.github.rackfocus.frame;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says a recurring trouble at most once a second, and how often it happened in between.
 * Thread-safe.
 */
public final class ThrottledLog {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private final LongSupplier nanoClock;
  private boolean spoken;
  private long lastNanos;
  private long withheld;

  public ThrottledLog(Logger log) {
    this(log, System::nanoTime);
  }

  ThrottledLog(Logger log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
  }

  /** Logs a warning in slf4j's form, unless one was logged within the last second. */
  public void warn(String format, Object... arguments) {
    long before = admit();
    if (before == 0) {
      log.warn(format, arguments);
    } else if (before > 0) {
      Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
      all[arguments.length] = before;
      log.warn(format + " ({} more since the last message)", all);
    }
  }

  /** How many were withheld before this one, or −1 if this one is withheld too. */
  private synchronized long admit() {
    long now = nanoClock.getAsLong();
    if (spoken && now - lastNanos < INTERVAL_NANOS) {
      withheld++;
      return -1;
    }
    spoken = true;
    lastNanos = now;
    long before = withheld;
    withheld = 0;
    return before;
  }
}
