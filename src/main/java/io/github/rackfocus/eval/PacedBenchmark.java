package io.github.rackfocus.eval;

import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.DepthSink;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * Runs a whole depth node at a camera's frame rate and prints a status line per interval: latency,
 * drops, memory, garbage collection and allocation. Not thread-safe.
 */
public final class PacedBenchmark {
  /** Creates the node to measure. */
  public interface NodeFactory {
    /**
     * Returns a node that has not been started and delivers its maps to a sink.
     *
     * @throws IOException if the node cannot be created
     */
    DepthNode create(DepthSink sink) throws IOException;
  }

  /**
   * What to run.
   *
   * @param rateHz frame rate of the camera
   * @param seconds duration of the run
   * @param intervalSeconds time between two status lines
   * @param deadlineMillis deadline that the node holds; 0 for none. Only printed
   */
  public record Config(
      double rateHz, double seconds, double intervalSeconds, double deadlineMillis) {}

  private final Config config;
  private final PacedOutput output;
  private final LatencyRecorder recorder;
  private final ThreadAllocations allocations;

  public PacedBenchmark(Config config, PrintWriter out) {
    this.config = config;
    output = new PacedOutput(out);
    recorder = new LatencyRecorder(config.rateHz(), System::nanoTime);
    allocations = new ThreadAllocations("camera", "sweep", "depth", "sink-" + recorder.name());
  }

  /**
   * Creates a node, runs it for the configured time, closes it and adds the result to a report.
   *
   * @throws IOException if the node cannot be created or its source fails
   */
  public void run(NodeFactory factory, BenchReport report)
      throws IOException, InterruptedException {
    try (GcPauses pauses = new GcPauses();
        DepthNode node = factory.create(recorder)) {
      output.printHeader(config);
      node.start();
      follow(node, pauses);
      node.stop();
      node.awaitEnd();
      output.printSummary(node.health(), recorder, pauses);
      report.addPaced(recorder, pauses);
    }
  }

  private void follow(DepthNode node, GcPauses pauses) throws InterruptedException {
    long startNanos = System.nanoTime();
    double interval = config.intervalSeconds();
    long intervals = Math.max(1, Math.round(config.seconds() / interval));
    long framesBefore = 0;
    for (long i = 1; i <= intervals; i++) {
      long dueNanos = startNanos + Math.round(i * interval * 1e9);
      long millisLeft = (dueNanos - System.nanoTime()) / 1_000_000;
      if (millisLeft > 0) {
        Thread.sleep(millisLeft);
      }
      NodeHealth health = node.health();
      long[] bytes = allocations.takeBytes();
      output.printInterval(i * interval, interval, recorder.takeWindow(), health, pauses);
      if (i == 1) {
        // Class loading: neither its allocations nor its pauses belong to the steady state.
        pauses.clear();
      } else {
        output.printAllocations(
            allocations.threads(), bytes, health.frames().received() - framesBefore);
      }
      output.endLine();
      framesBefore = health.frames().received();
    }
  }
}
