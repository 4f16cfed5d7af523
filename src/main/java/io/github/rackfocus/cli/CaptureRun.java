package io.github.rackfocus.cli;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.node.CapturedMap;
import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs a node for a number of maps on request. */
final class CaptureRun {
  private static final long POLL_MILLIS = 50;

  private CaptureRun() {}

  /**
   * Requests maps one after the other, prints a line for each, and closes the node. SIGINT and
   * SIGTERM end it early.
   *
   * @param timeoutSeconds longest time for each
   * @throws IOException if the source failed or a map did not come in time
   */
  static void run(DepthNode node, int count, double timeoutSeconds, PrintWriter out)
      throws IOException, InterruptedException {
    try (StopSignals signals = new StopSignals();
        node) {
      node.enable(false);
      node.start();
      signals.stopAfter("end-of-source", node::awaitEnd);
      for (int i = 0; i < count; i++) {
        CapturedMap map = await(node, signals, timeoutSeconds);
        if (map == null) {
          break;
        }
        out.printf(
            Locale.ROOT,
            "map of frame %d: %d planes over %.3f s, %.1f %% published, %.3f s after the request%n",
            map.sequence(),
            map.planes(),
            map.spanNanos() / 1e9,
            100 * map.publishedShare(),
            map.elapsedNanos() / 1e9);
        out.flush();
      }
      node.stop();
      node.awaitEnd();
    }
  }

  private static @Nullable CapturedMap await(
      DepthNode node, StopSignals signals, double timeoutSeconds)
      throws IOException, InterruptedException {
    CompletableFuture<CapturedMap> answer = node.capture();
    long deadline = System.nanoTime() + Math.round(1e9 * timeoutSeconds);
    while (System.nanoTime() < deadline) {
      try {
        return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (signals.await(1)) {
          answer.cancel(false);
          return null;
        }
      } catch (ExecutionException e) {
        throw new IOException(ErrorMessages.of(Objects.requireNonNullElse(e.getCause(), e)), e);
      }
    }
    answer.cancel(false);
    throw new IOException(node.withoutCapture(timeoutSeconds));
  }
}
