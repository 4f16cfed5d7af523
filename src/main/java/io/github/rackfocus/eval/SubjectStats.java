package io.github.rackfocus.eval;

import io.github.rackfocus.depth.Stage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What the maps of one lane took. Times to three digits, up to a minute. For one thread. */
public final class SubjectStats {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  private final Histogram total = histogram();
  private final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
  private final long expectedIntervalNanos;
  private long cpuNanos;
  private long allocatedBytes;

  /** Maps follow each other without a pause. */
  public SubjectStats() {
    this(0);
  }

  /**
   * Maps are due at a rate.
   *
   * @param expectedIntervalNanos between two of them: where one took longer, those that should have
   *     been measured meanwhile are added (coordinated omission)
   */
  public SubjectStats(long expectedIntervalNanos) {
    this.expectedIntervalNanos = expectedIntervalNanos;
  }

  private static Histogram histogram() {
    return new Histogram(LONGEST_NANOS, DIGITS);
  }

  /** Takes in one map. */
  void map(long nanos, long cpu, long bytes) {
    record(total, nanos);
    cpuNanos += cpu;
    allocatedBytes += bytes;
  }

  /** Takes in the time of a stage of the present map. */
  public void stage(Stage stage, long nanos) {
    record(stages.computeIfAbsent(stage, key -> histogram()), nanos);
  }

  private void record(Histogram histogram, long nanos) {
    long value = Math.min(Math.max(nanos, 0), LONGEST_NANOS);
    if (expectedIntervalNanos > 0) {
      histogram.recordValueWithExpectedInterval(value, expectedIntervalNanos);
    } else {
      histogram.recordValue(value);
    }
  }

  /** Forgets everything; what was measured so far was the warm-up. */
  void clear() {
    total.reset();
    stages.values().forEach(Histogram::reset);
    cpuNanos = 0;
    allocatedBytes = 0;
  }

  /** Maps taken in, with those that coordinated omission adds. */
  public long maps() {
    return total.getTotalCount();
  }

  /** A percentile of a map's time, milliseconds. */
  public double millis(double percentile) {
    return total.getValueAtPercentile(percentile) / 1e6;
  }

  /** A percentile of a stage's time, milliseconds; 0 for a stage that was not measured. */
  public double stageMillis(Stage stage, double percentile) {
    Histogram histogram = stages.get(stage);
    return histogram == null ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }

  /** Java heap that a map cost on its thread. */
  public double allocatedBytesPerMap() {
    return maps() == 0 ? 0 : (double) allocatedBytes / maps();
  }

  /** CPU of the whole process that a map cost, milliseconds. */
  public double cpuMillisPerMap() {
    return maps() == 0 ? 0 : cpuNanos / 1e6 / maps();
  }

  /** As it is reported. */
  Map<String, Object> tree() {
    Map<String, Object> tree = percentiles(total);
    tree.put("maps", maps());
    tree.put("mapsPerSecond", total.getMean() > 0 ? 1e9 / total.getMean() : 0);
    tree.put("cpuMillisPerMap", cpuMillisPerMap());
    tree.put("allocatedBytesPerMap", allocatedBytesPerMap());
    Map<String, Object> byStage = new LinkedHashMap<>();
    stages.forEach((stage, histogram) -> byStage.put(stage.key(), percentiles(histogram)));
    tree.put("stages", byStage);
    return tree;
  }

  private static Map<String, Object> percentiles(Histogram histogram) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("p50Millis", histogram.getValueAtPercentile(50) / 1e6);
    tree.put("p95Millis", histogram.getValueAtPercentile(95) / 1e6);
    tree.put("p99Millis", histogram.getValueAtPercentile(99) / 1e6);
    tree.put("p999Millis", histogram.getValueAtPercentile(99.9) / 1e6);
    tree.put("minMillis", histogram.getMinValue() / 1e6);
    tree.put("meanMillis", histogram.getMean() / 1e6);
    return tree;
  }
}
