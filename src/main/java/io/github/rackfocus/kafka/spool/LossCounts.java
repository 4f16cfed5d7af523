package io.github.rackfocus.kafka.spool;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts lost records by cause. Thread-safe. */
public final class LossCounts {
  private final AtomicLongArray counts = new AtomicLongArray(Loss.values().length);

  public void add(Loss cause, long records) {
    if (records > 0) {
      counts.addAndGet(cause.ordinal(), records);
    }
  }

  /** Lost records of all causes. */
  public long total() {
    long total = 0;
    for (int i = 0; i < counts.length(); i++) {
      total += counts.get(i);
    }
    return total;
  }

  /** Counts by the published name of the cause, without causes that did not occur. */
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
