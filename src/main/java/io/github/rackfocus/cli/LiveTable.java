package io.github.rackfocus.cli;

import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.SinkCounters;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints the status of a node: on a terminal a table that is redrawn in place, otherwise one line
 * every few seconds. Not thread-safe.
 */
final class LiveTable {
  private static final long LINE_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private int printedLines;
  private boolean started;
  private long startNanos;
  private long lastLineNanos;

  LiveTable(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Prints the current status.
   *
   * @param nowNanos monotonic time
   * @param extraRows further rows, name and value
   */
  void show(NodeHealth health, long nowNanos, Map<String, String> extraRows) {
    if (!started) {
      started = true;
      startNanos = nowNanos;
      lastLineNanos = nowNanos;
    }
    double seconds = Math.max(1e-3, (nowNanos - startNanos) * 1e-9);
    if (!terminal) {
      if (nowNanos - lastLineNanos >= LINE_NANOS) {
        lastLineNanos = nowNanos;
        out.println(line(health, seconds, extraRows));
        out.flush();
      }
      return;
    }
    List<String> rows = rows(health, seconds, extraRows);
    if (printedLines > 0) {
      out.print("\u001b[" + printedLines + "A");
    }
    rows.forEach(row -> out.print("\u001b[2K" + row + "\n"));
    out.flush();
    printedLines = rows.size();
  }

  /** Returns the rows of the table. */
  static List<String> rows(NodeHealth health, double seconds, Map<String, String> extraRows) {
    List<String> rows = new ArrayList<>();
    rows.add(
        row(
            "running",
            text(
                "%.0f s; model %s, %d iterations, on %s",
                seconds,
                health.model().name(),
                health.maps().iterations(),
                health.executionProvider())));
    rows.add(row("frames", rate(health.frames().received(), seconds)));
    rows.add(
        row(
            "depth maps",
            rate(health.maps().published(), seconds)
                + skipped(health.stacks().skipped())
                + failed(health.maps().failed())));
    rows.add(
        row(
            "latency",
            text(
                "p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, from frame arrival to map%s",
                health.latency().p50Millis(),
                health.latency().p95Millis(),
                health.latency().p99Millis(),
                misses(health.maps().late()))));
    rows.add(
        row(
            "sweep",
            text(
                "%.0f ms; last map has depth for %.0f %% of its pixels",
                health.sweepMillis(), 100 * health.maps().validShare())));
    NodeHealth.Registration registration = health.registration();
    if (registration != null) {
      rows.add(
          row(
              "registration",
              String.format(
                  Locale.ROOT,
                  "%s%s; trust %.2f, %d keyframes, p50 %.1f ms a frame",
                  registration.mode(),
                  registration.suspended() ? ", suspended" : "",
                  registration.trust(),
                  registration.keyframes(),
                  registration.p50Millis())));
    }
    rows.add(row("dropped", drops(health)));
    for (SinkCounters sink : health.sinks()) {
      rows.add(
          row(
              "to " + sink.sink(),
              text(
                  "%d delivered, %d dropped, %d failed, %d lost after delivery",
                  sink.delivered(), sink.dropped(), sink.failed(), sink.lost())));
    }
    extraRows.forEach((name, value) -> rows.add(row(name, value)));
    return rows;
  }

  private static String line(NodeHealth health, double seconds, Map<String, String> extraRows) {
    return text(
        "%4.0f s  frames %s  maps %s  latency p50 %.1f p99 %.1f ms  dropped %s%s",
        seconds,
        rate(health.frames().received(), seconds),
        rate(health.maps().published(), seconds),
        health.latency().p50Millis(),
        health.latency().p99Millis(),
        drops(health),
        extraRows.entrySet().stream()
            .map(row -> "  " + row.getKey() + ": " + row.getValue())
            .collect(Collectors.joining()));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String rate(long count, double seconds) {
    return String.format(Locale.ROOT, "%d (%.1f/s)", count, count / seconds);
  }

  private static String skipped(long stacks) {
    return stacks == 0 ? "" : ", " + stacks + " stacks skipped for newer ones";
  }

  private static String misses(long maps) {
    return maps == 0 ? "" : "; " + maps + " past the deadline";
  }

  private static String failed(long maps) {
    return maps == 0 ? "" : ", " + maps + " failed";
  }

  private static String drops(NodeHealth health) {
    return health.frames().dropped().isEmpty()
        ? "0 frames"
        : health.frames().dropped().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(drop -> text("%d frames (%s)", drop.getValue(), drop.getKey()))
            .collect(Collectors.joining(", "));
  }

  private static String row(String name, String value) {
    String text = String.format(Locale.ROOT, "  %-12s %s", name, value);
    return text.length() <= Terminal.COLUMNS ? text : text.substring(0, Terminal.COLUMNS);
  }
}
