package io.github.rackfocus.common;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs a recurring warning at most once per interval, together with the number of warnings that
 * were suppressed in between. Thread-safe.
 *
 * <p>Text may come from outside the process: it is shortened and stripped of control characters
 * (see {@link PrintableText}), so that a peer cannot forge log lines.
 */
public final class RateLimitedLogger {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_LENGTH = 500;

  private final Logger log;
  private final LongAdder count;
  private final LongSupplier nanoClock;
  private boolean logged;
  private long lastNanos;
  private long suppressed;

  /** A logger with a counter of its own. */
  public RateLimitedLogger(Logger log) {
    this(log, new LongAdder());
  }

  /**
   * A logger that counts its warnings, logged or suppressed.
   *
   * @param count incremented by every warning; several loggers may share one
   */
  public RateLimitedLogger(Logger log, LongAdder count) {
    this(log, count, System::nanoTime);
  }

  RateLimitedLogger(Logger log, LongAdder count, LongSupplier nanoClock) {
    this.log = log;
    this.count = count;
    this.nanoClock = nanoClock;
  }

  /** Logs a complete sentence; braces in it are printed as they are. */
  public void warn(String sentence) {
    warn("{}", (Object) sentence);
  }

  /** Logs a warning in slf4j's form, unless one was logged within the last interval. */
  public void warn(String format, Object... arguments) {
    count.increment();
    long before = admit();
    if (before < 0) {
      return;
    }
    Object[] shown = Arrays.copyOf(arguments, arguments.length + (before > 0 ? 1 : 0));
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof String text) {
        shown[i] = PrintableText.of(text, MAX_LENGTH);
      }
    }
    if (before > 0) {
      shown[arguments.length] = before;
      log.warn(format + " ({} more since the last message)", shown);
    } else {
      log.warn(format, shown);
    }
  }

  /** Number of warnings suppressed before this one, or -1 if this one is suppressed too. */
  private synchronized long admit() {
    long now = nanoClock.getAsLong();
    if (logged && now - lastNanos < INTERVAL_NANOS) {
      suppressed++;
      return -1;
    }
    logged = true;
    lastNanos = now;
    long before = suppressed;
    suppressed = 0;
    return before;
  }
}
