package io.github.rackfocus.ros;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/**
 * Counts a recurring trouble and says it at most once in five seconds, with the number withheld.
 * What others sent may stand in the sentence: it is cut and made printable. Thread-safe.
 *
 * <p>The project's other throttle, in its package {@code frame}, neither counts nor cleans; this
 * package stands alone.
 */
final class Trouble {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int LONGEST = 500;

  private final Logger log;
  private final LongAdder count;
  private long spokenNanos;
  private long withheld = -1;

  /**
   * @param count goes up with each trouble; several kinds may share one
   */
  Trouble(Logger log, LongAdder count) {
    this.log = log;
    this.count = count;
  }

  void warn(String sentence) {
    count.increment();
    long before;
    synchronized (this) {
      long now = System.nanoTime();
      if (withheld >= 0 && now - spokenNanos < INTERVAL_NANOS) {
        withheld++;
        return;
      }
      before = withheld;
      spokenNanos = now;
      withheld = 0;
    }
    String shown = printable(sentence, LONGEST);
    if (before > 0) {
      log.warn("{} ({} more since the last message)", shown, before);
    } else {
      log.warn("{}", shown);
    }
  }

  /** A text from outside as it may stand in a log or in an answer: one line, not too long. */
  static String printable(String text, int longest) {
    String shown = text.length() > longest ? text.substring(0, longest) + "…" : text;
    return shown.replaceAll("[\\p{Cntrl}\\p{Cs}\\uFFFE\\uFFFF]", "?");
  }
}
