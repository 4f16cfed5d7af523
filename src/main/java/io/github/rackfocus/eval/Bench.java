package io.github.rackfocus.eval;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.rackfocus.sweep.FocalStack;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Runs several lanes in turns on the same stacks, so that whatever else the machine does meets all
 * of them alike. For one thread.
 */
public final class Bench {
  private final List<BenchmarkSubject> lanes;
  private final LongSupplier nanoClock;
  private final Map<String, SubjectStats> stats = new LinkedHashMap<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /**
   * @param lanes closed by the caller
   */
  public Bench(List<BenchmarkSubject> lanes, LongSupplier nanoClock) {
    this.lanes = List.copyOf(lanes);
    this.nanoClock = nanoClock;
    lanes.forEach(lane -> stats.put(lane.name(), new SubjectStats()));
  }

  /**
   * Runs every lane on every stack.
   *
   * @param warmUp maps of each lane that are not counted
   * @param maps of each lane, at most
   * @param seconds after which no further stack is begun, but for the first ten
   */
  public void run(BenchInput input, int warmUp, int maps, double seconds)
      throws InterruptedException {
    for (int i = 0; i < warmUp; i++) {
      round(input, i);
    }
    stats.values().forEach(SubjectStats::clear);
    long begun = nanoClock.getAsLong();
    for (int i = 0; i < maps; i++) {
      if (i >= 10 && nanoClock.getAsLong() - begun > seconds * 1e9) {
        return;
      }
      round(input, i);
    }
  }

  private void round(BenchInput input, int round) throws InterruptedException {
    try (FocalStack stack = input.next()) {
      for (int i = 0; i < lanes.size(); i++) {
        // Whoever runs first finds other caches than who comes last: each does so in its turn.
        BenchmarkSubject lane = lanes.get((round + i) % lanes.size());
        SubjectStats laneStats = stats(lane.name());
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long begun = nanoClock.getAsLong();
        lane.run(stack, laneStats);
        long nanos = nanoClock.getAsLong() - begun;
        long cpuNanos = system.getProcessCpuTime() - cpu;
        laneStats.map(nanos, cpuNanos, threads.getCurrentThreadAllocatedBytes() - bytes);
      }
    }
  }

  /** What a lane took. */
  public SubjectStats stats(String lane) {
    SubjectStats found = stats.get(lane);
    if (found == null) {
      throw new IllegalArgumentException("no lane " + lane + "; expected one of " + stats.keySet());
    }
    return found;
  }

  /** The lanes, in their order. */
  public List<BenchmarkSubject> lanes() {
    return lanes;
  }
}
