package io.github.rackfocus.cli;

import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Runs a node until its source ends, a time is up, or the process is told to stop. */
final class NodeRun {
  private static final long SHOW_MILLIS = 500;

  /** What shells add to a signal's number for the exit code of a process it ended. */
  private static final int SIGNALLED = 128;

  private NodeRun() {}

  /**
   * Runs a node, showing how it does, and closes it.
   *
   * <p>SIGINT and SIGTERM stop the node and return, instead of ending the JVM at once: its shutdown
   * hooks run side by side, and ONNX Runtime's would take the ground from under an inference that
   * still runs. A second signal ends the JVM at once.
   *
   * @param seconds after which it is stopped; 0: never
   * @param more further rows for the table
   * @return seconds it ran
   * @throws IOException if its source broke
   */
  static double run(
      DepthNode node, double seconds, PrintWriter out, Supplier<Map<String, String>> more)
      throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    SignalHandler stopping =
        signal -> {
          if (stop.getCount() == 0) {
            Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
          }
          stop.countDown();
        };
    SignalHandler onInterrupt = Signal.handle(new Signal("INT"), stopping);
    SignalHandler onTerminate = Signal.handle(new Signal("TERM"), stopping);
    LiveTable table = new LiveTable(out, Terminal.hasOut());
    long begun = System.nanoTime();
    try (node) {
      node.start();
      Thread end = new Thread(() -> awaitEnd(node, stop), "end-of-source");
      end.setDaemon(true);
      end.start();
      boolean stopped = false;
      while (!stopped) {
        table.show(node.health(), System.nanoTime(), more.get());
        long left = seconds == 0 ? Long.MAX_VALUE : (long) (1000 * seconds) - millisSince(begun);
        stopped = left <= 0 || stop.await(Math.min(SHOW_MILLIS, left), TimeUnit.MILLISECONDS);
      }
      node.stop();
      node.awaitEnd();
      table.show(node.health(), System.nanoTime(), more.get());
    } finally {
      Signal.handle(new Signal("INT"), onInterrupt);
      Signal.handle(new Signal("TERM"), onTerminate);
    }
    return millisSince(begun) / 1000.0;
  }

  private static void awaitEnd(DepthNode node, CountDownLatch stop) {
    try {
      node.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread asks again and hears the same.
    }
    stop.countDown();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
