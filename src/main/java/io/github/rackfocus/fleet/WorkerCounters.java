package io.github.rackfocus.fleet;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** The counters of a worker. Thread-safe. */
final class WorkerCounters {
  enum Count {
    FRAMES,
    FRAMES_READ_BACK,
    FRAMES_SKIPPED,
    ASSEMBLING,
    NOT_DUE,
    SKIPPED_STACKS,
    MAPS,
    MAPS_FAILED,
    MAPS_LOST,
    DEAD_LETTERS
  }

  private static final long LONGEST_NANOS = 600_000_000_000L;

  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private final Map<String, Long> rejected = new TreeMap<>();
  private final Map<String, Long> dropped = new TreeMap<>();
  private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
  private double validShare;
  private int partitions;
  private int cameras;
  private long lag;

  synchronized void add(Count what, long number) {
    counts.merge(what, number, Long::sum);
  }

  void add(Count what) {
    add(what, 1);
  }

  synchronized void addRejected(String cause) {
    rejected.merge(cause, 1L, Long::sum);
  }

  synchronized void addDropped(String cause) {
    dropped.merge(cause, 1L, Long::sum);
  }

  /** Records a map's latency since the arrival of its reference frame, and its published share. */
  synchronized void recordMap(long latencyNanos, double validShare) {
    this.validShare = validShare;
    latency.recordValue(Math.min(Math.max(latencyNanos, 0), LONGEST_NANOS));
  }

  synchronized void setState(int partitions, int cameras, long lag) {
    this.partitions = partitions;
    this.cameras = cameras;
    this.lag = lag;
  }

  synchronized WorkerHealth health(int waiting) {
    return new WorkerHealth(
        partitions,
        cameras,
        lag,
        new WorkerHealth.Frames(
            of(Count.FRAMES),
            of(Count.FRAMES_READ_BACK),
            of(Count.FRAMES_SKIPPED),
            Map.copyOf(rejected),
            Map.copyOf(dropped),
            of(Count.ASSEMBLING),
            of(Count.NOT_DUE),
            of(Count.DEAD_LETTERS)),
        new WorkerHealth.Stacks(of(Count.SKIPPED_STACKS), waiting),
        new WorkerHealth.Maps(
            of(Count.MAPS), of(Count.MAPS_FAILED), of(Count.MAPS_LOST), validShare),
        new WorkerHealth.Latency(
            latency.getValueAtPercentile(50) / 1e6,
            latency.getValueAtPercentile(95) / 1e6,
            latency.getValueAtPercentile(99) / 1e6));
  }

  private long of(Count what) {
    return counts.getOrDefault(what, 0L);
  }
}
