package io.github.rackfocus.eval;

import io.github.rackfocus.depth.Stage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Time, CPU and memory that the maps of one subject cost. Times are kept with three digits, up to a
 * minute. Not thread-safe.
 */
public final class SubjectStats {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  private final Histogram total = histogram();
  private final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
  private final long expectedIntervalNanos;
  private long cpuNanos;
  private long allocatedBytes;

  /** For maps that are computed without pause. */
  public SubjectStats() {
    this(0);
  }

  /**
   * For maps that are due at a rate.
   *
   * @param expectedIntervalNanos time between two maps; a map that took longer also adds the
   *     samples it delayed (correction for coordinated omission)
   */
  public SubjectStats(long expectedIntervalNanos) {
    this.expectedIntervalNanos = expectedIntervalNanos;
  }

  private static Histogram histogram() {
    return new Histogram(LONGEST_NANOS, DIGITS);
  }

  /** Records the cost of one map. */
  void recordMap(long nanos, long cpu, long bytes) {
    record(total, nanos);
    cpuNanos += cpu;
    allocatedBytes += bytes;
  }

  /** Records the time of a stage of the current map. */
  public void recordStage(Stage stage, long nanos) {
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

  /** Discards all measurements, such as those of the warm-up. */
  void clear() {
    total.reset();
    stages.values().forEach(Histogram::reset);
    cpuNanos = 0;
    allocatedBytes = 0;
  }

  /** Returns the number of samples, including those added for coordinated omission. */
  public long maps() {
    return total.getTotalCount();
  }

  /** Returns a percentile of the time per map, in milliseconds. */
  public double millis(double percentile) {
    return total.getValueAtPercentile(percentile) / 1e6;
  }

  /** Returns a percentile of a stage's time, in milliseconds; 0 if it was not measured. */
  public double stageMillis(Stage stage, double percentile) {
    Histogram histogram = stages.get(stage);
    return histogram == null ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }

  /** Returns the mean heap allocation per map on its thread, in bytes. */
  public double allocatedBytesPerMap() {
    return maps() == 0 ? 0 : (double) allocatedBytes / maps();
  }

  /** Returns the mean CPU time of the whole process per map, in milliseconds. */
  public double cpuMillisPerMap() {
    return maps() == 0 ? 0 : cpuNanos / 1e6 / maps();
  }

  /** Returns the measurements as JSON keys and values. */
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
