package io.github.rackfocus.cli;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.eval.BenchReport;
import io.github.rackfocus.eval.GcPauses;
import io.github.rackfocus.eval.LatencyRecorder;
import io.github.rackfocus.eval.LatencyRecorder.Window;
import io.github.rackfocus.eval.Machine;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.NodeHealth;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The whole node at a camera's rate, its course printed a line every so many seconds. */
final class PacedOptions {
  /** The node's threads, as it names them, and the sink's that measures. */
  private static final List<String> THREADS = List.of("camera", "sweep", "depth", "sink-course");

  private static final double MAX_RATE = 1000;
  private static final double MAX_SECONDS = 86_400;

  @Option(
      names = "--rate",
      paramLabel = "HZ",
      description = "Runs the node on a simulated camera of this rate.")
  private double rate;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long. Default: ${DEFAULT-VALUE}.")
  private double seconds = 60;

  @Option(
      names = "--every",
      paramLabel = "S",
      description = "Seconds between two lines of its course. Default: ${DEFAULT-VALUE}.")
  private double every = 10;

  @Option(
      names = "--deadline",
      paramLabel = "MS",
      description = "Held for the 95th percentile of the latency, as model.deadlineMillis.")
  private double deadline;

  boolean isAsked() {
    return rate != 0;
  }

  double deadlineMillis() {
    return deadline;
  }

  void check(CommandLine command) {
    if (rate != 0 && !(rate >= 0.1 && rate <= MAX_RATE)) {
      throw new ParameterException(command, "--rate is " + rate + "; expected 0.1 to 1000 Hz");
    }
    if (!(seconds >= 1 && seconds <= MAX_SECONDS)) {
      throw new ParameterException(command, "--seconds is " + seconds + "; expected 1 to 86400");
    }
    if (!(every >= 1)) {
      throw new ParameterException(command, "--every is " + every + "; expected 1 or more");
    }
    if (!(deadline >= 0 && deadline <= 60_000)) {
      throw new ParameterException(command, "--deadline is " + deadline + "; expected 0 to 60000");
    }
  }

  void run(
      ModelConfig model, int width, int height, int planes, BenchReport report, PrintWriter out)
      throws IOException, InterruptedException {
    SimulatedCameraConfig config =
        SimulatedCameraConfig.DEFAULTS
            .withSize(width, height)
            .withPlanes(planes)
            .withRate(rate);
    SimulatedCamera camera;
    try (Progress progress = new Progress("scene")) {
      camera = Sources.simulated(config, progress::show);
    }
    LatencyRecorder course = new LatencyRecorder(rate, System::nanoTime);
    AppConfig configuration = AppConfig.defaults().withModel(model);
    try (GcPauses pauses = new GcPauses();
        DepthNode node = NodeAssembly.node(configuration, camera, List.of(course), false)) {
      out.printf(
          Locale.ROOT,
          "paced: %.1f Hz for %.0f s%s%n",
          rate,
          seconds,
          deadline > 0 ? String.format(Locale.ROOT, ", deadline %.0f ms", deadline) : "");
      node.start();
      follow(node, course, pauses, out);
      node.stop();
      node.awaitEnd();
      conclude(node.health(), course, pauses, out);
      report.addPaced(course, pauses);
    }
  }

  private void follow(DepthNode node, LatencyRecorder course, GcPauses pauses, PrintWriter out)
      throws InterruptedException {
    long begun = System.nanoTime();
    long lines = Math.max(1, Math.round(seconds / every));
    long[] before = null;
    long framesBefore = 0;
    for (long line = 1; line <= lines; line++) {
      long due = begun + Math.round(line * every * 1e9);
      long left = (due - System.nanoTime()) / 1_000_000;
      if (left > 0) {
        Thread.sleep(left);
      }
      NodeHealth health = node.health();
      long[] bytes = allocated();
      print(line * every, course.takeWindow(), health, pauses, out);
      if (before != null) {
        printBytes(before, bytes, health.frames() - framesBefore, out);
      } else {
        out.println();
      }
      out.flush();
      if (line == 1) {
        pauses.clear();
      }
      before = bytes;
      framesBefore = health.frames();
    }
  }

  private void print(
      double second, Window window, NodeHealth health, GcPauses pauses, PrintWriter out) {
    Runtime runtime = Runtime.getRuntime();
    out.printf(
        Locale.ROOT,
        "%6.0f s  %5.1f maps/s  p50 %6.1f  p95 %6.1f  p99 %6.1f ms  K %.1f  late %d  dropped %s"
            + "  heap %d MB  direct %d MB  resident %d MB  GC %d",
        second,
        window.maps() / every,
        window.p50Millis(),
        window.p95Millis(),
        window.p99Millis(),
        window.iterations(),
        window.late(),
        health.framesDropped(),
        (runtime.totalMemory() - runtime.freeMemory()) >> 20,
        Machine.directBytes() >> 20,
        Machine.residentBytes() >> 20,
        pauses.count());
  }

  private static void printBytes(long[] before, long[] after, long frames, PrintWriter out) {
    out.print("  bytes a frame:");
    for (int i = 0; i < after.length; i++) {
      out.printf(
          Locale.ROOT,
          " %s %.0f",
          THREADS.get(i),
          frames == 0 ? 0 : (double) (after[i] - before[i]) / frames);
    }
    out.println();
  }

  private static long[] allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids = new long[THREADS.size()];
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      int at = THREADS.indexOf(thread.getName());
      if (at >= 0) {
        ids[at] = thread.getId();
      }
    }
    long[] bytes = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bytes[i] = ids[i] == 0 ? 0 : threads.getThreadAllocatedBytes(ids[i]);
    }
    return bytes;
  }

  private static void conclude(
      NodeHealth health, LatencyRecorder course, GcPauses pauses, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "all: %d frames, dropped %s; %d stacks, %d skipped for newer ones, %d only prepared; %d maps,"
            + " %d failed, %d late; latency p50 %.1f p95 %.1f p99 %.1f p99.9 %.1f ms; %d GC pauses"
            + " after the first stretch, p99.9 %.2f ms, longest %.2f ms%n",
        health.frames(),
        health.framesDropped(),
        health.stacks(),
        health.stacksSkipped(),
        health.stacksPrepared(),
        health.maps(),
        health.mapsFailed(),
        health.deadlineMisses(),
        course.millis(50),
        course.millis(95),
        course.millis(99),
        course.millis(99.9),
        pauses.count(),
        pauses.millis(99.9),
        pauses.millis(100));
    out.flush();
  }
}
