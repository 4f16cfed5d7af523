package io.github.rackfocus.kafka.spool;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many records were lost by which cause. Thread-safe. */
public final class LossCounts {
  private final AtomicLongArray counts = new AtomicLongArray(Loss.values().length);

  public void add(Loss cause, long records) {
    if (records > 0) {
      counts.addAndGet(cause.ordinal(), records);
    }
  }

  /** All causes together. */
  public long total() {
    long total = 0;
    for (int i = 0; i < counts.length(); i++) {
      total += counts.get(i);
    }
    return total;
  }

  /** By the published name of the cause; causes that did not occur are left out. */
  public Map<String, Long> byCause() {
    Map<String, Long> byCause = new TreeMap<>();
    for (Loss cause : Loss.values()) {
      long count = counts.get(cause.ordinal());
      if (count > 0) {
        byCause.put(cause.key(), count);
      }
    }
    return byCause;
  }
}
