package io.github.rackfocus.eval;

import io.github.rackfocus.node.NodeHealth;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints the progress of a {@link PacedBenchmark}; the soak scripts parse its lines. */
final class PacedOutput {
  private final PrintWriter out;

  PacedOutput(PrintWriter out) {
    this.out = out;
  }

  void printHeader(PacedBenchmark.Config config) {
    out.printf(
        Locale.ROOT,
        "paced: %.1f Hz for %.0f s%s%n",
        config.rateHz(),
        config.seconds(),
        config.deadlineMillis() > 0
            ? String.format(Locale.ROOT, ", deadline %.0f ms", config.deadlineMillis())
            : "");
    out.flush();
  }

  /** Prints the state after an interval, without a line break. */
  void printInterval(
      double second,
      double intervalSeconds,
      LatencyRecorder.Window window,
      NodeHealth health,
      GcPauses pauses) {
    Runtime runtime = Runtime.getRuntime();
    out.printf(
        Locale.ROOT,
        "%6.0f s  %5.1f maps/s  p50 %6.1f  p95 %6.1f  p99 %6.1f ms  iterations %.1f  late %d"
            + "  dropped %s  heap %d MB  direct %d MB  resident %d MB  GC pauses %d",
        second,
        window.maps() / intervalSeconds,
        window.p50Millis(),
        window.p95Millis(),
        window.p99Millis(),
        window.iterations(),
        window.late(),
        drops(health),
        (runtime.totalMemory() - runtime.freeMemory()) >> 20,
        Machine.directBytes() >> 20,
        Machine.residentBytes() >> 20,
        pauses.count());
  }

  /** Prints the bytes that each thread allocated per frame, without a line break. */
  void printAllocations(List<String> threads, long[] bytes, long frames) {
    out.print("  bytes per frame:");
    for (int i = 0; i < bytes.length; i++) {
      double perFrame = frames == 0 ? 0 : (double) bytes[i] / frames;
      out.printf(Locale.ROOT, " %s %.0f", threads.get(i), perFrame);
    }
  }

  private static String drops(NodeHealth health) {
    return health.frames().dropped().isEmpty() ? "none" : health.frames().dropped().toString();
  }

  void endLine() {
    out.println();
    out.flush();
  }

  void printSummary(NodeHealth health, LatencyRecorder recorder, GcPauses pauses) {
    out.printf(
        Locale.ROOT,
        "total: %d frames, dropped %s; %d stacks, %d skipped for newer ones, %d for which only the"
            + " per-frame stage ran; %d maps, %d failed, %d late; latency p50 %.1f p95 %.1f"
            + " p99 %.1f p99.9 %.1f ms; %d GC pauses after the first interval, p99.9 %.2f ms,"
            + " longest %.2f ms%n",
        health.frames().received(),
        drops(health),
        health.stacks().ready(),
        health.stacks().skipped(),
        health.stacks().prepared(),
        health.maps().published(),
        health.maps().failed(),
        health.maps().late(),
        recorder.millis(50),
        recorder.millis(95),
        recorder.millis(99),
        recorder.millis(99.9),
        pauses.count(),
        pauses.millis(99.9),
        pauses.millis(100));
    out.flush();
  }
}
