package io.github.rackfocus.cli;

import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;

/** Runs a node until its source ends, a time is up, or the process is told to stop. */
final class NodeRun {
  private static final long SHOW_MILLIS = 500;

  private NodeRun() {}

  /**
   * Runs a node, showing how it does, and closes it.
   *
   * <p>SIGINT and SIGTERM stop the node and return, see {@link StopSignals}.
   *
   * @param seconds after which it is stopped; 0: never
   * @param more further rows for the table
   * @return seconds it ran
   * @throws IOException if its source broke
   */
  static double run(
      DepthNode node, double seconds, PrintWriter out, Supplier<Map<String, String>> more)
      throws IOException, InterruptedException {
    LiveTable table = new LiveTable(out, Terminal.hasOut());
    long begun = System.nanoTime();
    try (StopSignals signals = new StopSignals();
        node) {
      node.start();
      Thread end = new Thread(() -> awaitEnd(node, signals), "end-of-source");
      end.setDaemon(true);
      end.start();
      boolean stopped = false;
      while (!stopped) {
        table.show(node.health(), System.nanoTime(), more.get());
        long left = seconds == 0 ? Long.MAX_VALUE : (long) (1000 * seconds) - millisSince(begun);
        stopped = left <= 0 || signals.await(Math.min(SHOW_MILLIS, left));
      }
      node.stop();
      node.awaitEnd();
      table.show(node.health(), System.nanoTime(), more.get());
    }
    return millisSince(begun) / 1000.0;
  }

  private static void awaitEnd(DepthNode node, StopSignals signals) {
    try {
      node.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread asks again and hears the same.
    }
    signals.stop();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
