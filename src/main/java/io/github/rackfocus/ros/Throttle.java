package io.github.rackfocus.ros;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Says a recurring trouble at most once in five seconds, with the number withheld. Thread-safe. */
final class Throttle {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Logger log;
  private long spokenNanos;
  private long withheld = -1;

  Throttle(Logger log) {
    this.log = log;
  }

  synchronized void warn(String sentence) {
    long now = System.nanoTime();
    if (withheld >= 0 && now - spokenNanos < INTERVAL_NANOS) {
      withheld++;
      return;
    }
    if (withheld > 0) {
      log.warn("{} ({} more since the last message)", sentence, withheld);
    } else {
      log.warn(sentence);
    }
    spokenNanos = now;
    withheld = 0;
  }
}
