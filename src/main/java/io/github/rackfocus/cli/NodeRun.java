package io.github.rackfocus.cli;

import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;

/** Runs a node until its source ends, a time limit is reached, or a signal stops the process. */
final class NodeRun {
  private static final long REFRESH_MILLIS = 500;

  private NodeRun() {}

  /**
   * Runs a node while printing its status, then closes it.
   *
   * <p>SIGINT and SIGTERM stop the node; this method then returns. See {@link StopSignals}.
   *
   * @param seconds time limit; 0 for none
   * @param extraRows further rows for the status table
   * @return duration of the run in seconds
   * @throws IOException if the source of the node failed
   */
  static double run(
      DepthNode node, double seconds, PrintWriter out, Supplier<Map<String, String>> extraRows)
      throws IOException, InterruptedException {
    LiveTable table = new LiveTable(out, Terminal.isStdout());
    long startNanos = System.nanoTime();
    try (StopSignals signals = new StopSignals();
        node) {
      node.start();
      signals.stopAfter("end-of-source", node::awaitEnd);
      boolean stopped = false;
      while (!stopped) {
        table.show(node.health(), System.nanoTime(), extraRows.get());
        long left =
            seconds == 0 ? Long.MAX_VALUE : (long) (1000 * seconds) - millisSince(startNanos);
        stopped = left <= 0 || signals.await(Math.min(REFRESH_MILLIS, left));
      }
      node.stop();
      node.awaitEnd();
      table.show(node.health(), System.nanoTime(), extraRows.get());
    }
    return millisSince(startNanos) / 1000.0;
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
