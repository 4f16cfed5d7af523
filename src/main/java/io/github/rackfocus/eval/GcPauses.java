package io.github.rackfocus.eval;

import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Records the pauses of the garbage collector with the JVM's Flight Recorder. Thread-safe. */
public final class GcPauses implements AutoCloseable {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Histogram pauses = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private final RecordingStream stream = new RecordingStream();

  /** Starts recording. */
  public GcPauses() {
    stream.enable("jdk.GCPhasePause").withoutThreshold();
    stream.onEvent("jdk.GCPhasePause", this::record);
    stream.startAsync();
  }

  private void record(RecordedEvent event) {
    pauses.recordValue(Math.min(event.getDuration().toNanos(), LONGEST_NANOS));
  }

  /** Discards the pauses so far, such as those while classes were loaded. */
  public void clear() {
    pauses.reset();
  }

  /** Returns the number of pauses. */
  public long count() {
    return pauses.getTotalCount();
  }

  /** Returns a percentile of their duration in milliseconds; 0 if there was none. */
  public double millis(double percentile) {
    return count() == 0 ? 0 : pauses.getValueAtPercentile(percentile) / 1e6;
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("count", count());
    tree.put("p50Millis", millis(50));
    tree.put("p999Millis", millis(99.9));
    tree.put("maxMillis", millis(100));
    return tree;
  }

  @Override
  public void close() {
    stream.close();
  }
}
