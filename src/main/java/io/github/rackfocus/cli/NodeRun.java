package io.github.rackfocus.cli;

import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs a node until its source ends, a time is up, or the process is told to stop. */
final class NodeRun {
  private static final long SHOW_MILLIS = 500;
  private static final long UNWIND_SECONDS = 20;

  private NodeRun() {}

  /**
   * Runs a node, showing how it does, and closes it.
   *
   * @param seconds after which it is stopped; 0: never
   * @param more further rows for the table
   * @throws IOException if its source broke
   */
  static void run(
      DepthNode node, double seconds, PrintWriter out, Supplier<Map<String, String>> more)
      throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch unwound = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopAndAwait(stop, unwound), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
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
      unwound.countDown();
      removeHook(hook);
    }
  }

  private static void awaitEnd(DepthNode node, CountDownLatch stop) {
    try {
      node.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread asks again and hears the same.
    }
    stop.countDown();
  }

  private static void stopAndAwait(CountDownLatch stop, CountDownLatch unwound) {
    stop.countDown();
    try {
      unwound.await(UNWIND_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook waits for us.
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
