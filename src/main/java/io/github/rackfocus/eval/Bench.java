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
 * Runs several subjects in turns on the same stacks, so that other load on the machine affects all
 * of them alike. Not thread-safe.
 */
public final class Bench {
  private final List<BenchmarkSubject> subjects;
  private final LongSupplier nanoClock;
  private final Map<String, SubjectStats> stats = new LinkedHashMap<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /**
   * @param subjects closed by the caller
   * @param nanoClock monotonic time, nanoseconds
   */
  public Bench(List<BenchmarkSubject> subjects, LongSupplier nanoClock) {
    this.subjects = List.copyOf(subjects);
    this.nanoClock = nanoClock;
    subjects.forEach(subject -> stats.put(subject.name(), new SubjectStats()));
  }

  /**
   * Runs every subject on every stack.
   *
   * @param warmUp maps per subject before the measurement
   * @param maps maximum number of measured maps per subject
   * @param seconds time limit, checked between stacks; the first ten stacks are always run
   */
  public void run(BenchInput input, int warmUp, int maps, double seconds)
      throws InterruptedException {
    for (int i = 0; i < warmUp; i++) {
      round(input, i);
    }
    stats.values().forEach(SubjectStats::clear);
    long startNanos = nanoClock.getAsLong();
    for (int i = 0; i < maps; i++) {
      if (i >= 10 && nanoClock.getAsLong() - startNanos > seconds * 1e9) {
        return;
      }
      round(input, i);
    }
  }

  private void round(BenchInput input, int round) throws InterruptedException {
    try (FocalStack stack = input.next()) {
      for (int i = 0; i < subjects.size(); i++) {
        // The first to run finds the caches in another state than the last, so the order rotates.
        BenchmarkSubject subject = subjects.get((round + i) % subjects.size());
        SubjectStats subjectStats = stats(subject.name());
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long startNanos = nanoClock.getAsLong();
        subject.run(stack, subjectStats);
        long nanos = nanoClock.getAsLong() - startNanos;
        long cpuNanos = system.getProcessCpuTime() - cpu;
        subjectStats.recordMap(nanos, cpuNanos, threads.getCurrentThreadAllocatedBytes() - bytes);
      }
    }
  }

  /** Returns the measurements of a subject. */
  public SubjectStats stats(String subject) {
    SubjectStats found = stats.get(subject);
    if (found == null) {
      throw new IllegalArgumentException(
          "subject is '" + subject + "'; expected one of " + stats.keySet());
    }
    return found;
  }

  /** Returns the subjects in the order given. */
  public List<BenchmarkSubject> subjects() {
    return subjects;
  }
}
