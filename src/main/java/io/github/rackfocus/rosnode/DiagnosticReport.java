package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.ros.msg.diagnostic_msgs.KeyValue;
import io.github.rackfocus.sink.SinkCounters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Creates the diagnostics of a node: the status of its frames, its depth and its model. Rates and
 * drops are those since the previous report. Not thread-safe.
 */
final class DiagnosticReport {
  /** Share of dropped frames above which the status is a warning. */
  private static final double MAX_DROP_SHARE = 0.05;

  private static final String IDLE = "idle: no subscribers";

  private final String nodeName;
  private final String hardwareId;
  private @Nullable NodeHealth before;
  private long beforeNanos;

  DiagnosticReport(String nodeName, String hardwareId) {
    this.nodeName = nodeName;
    this.hardwareId = hardwareId;
  }

  /**
   * Returns one status each for frames, depth and model.
   *
   * @param causes the counts of rejected images and readings by cause
   * @param enabled whether computing depth is enabled
   * @param wanted whether frames are wanted
   * @param nowNanos monotonic time
   */
  List<DiagnosticStatus> statuses(
      NodeHealth now, Map<String, Long> causes, boolean enabled, boolean wanted, long nowNanos) {
    NodeHealth last = before;
    double seconds = last == null ? Double.NaN : (nowNanos - beforeNanos) / 1e9;
    before = now;
    beforeNanos = nowNanos;
    return List.of(
        frames(now, last, seconds, causes, wanted),
        depth(now, last, seconds, enabled, wanted),
        model(now));
  }

  private DiagnosticStatus frames(
      NodeHealth now,
      @Nullable NodeHealth last,
      double seconds,
      Map<String, Long> causes,
      boolean wanted) {
    long arrived = now.frames().received() - (last == null ? 0 : last.frames().received());
    Map<String, Long> drops = dropsSince(now, last);
    long dropped = drops.values().stream().mapToLong(Long::longValue).sum();
    NodeHealth.Registration registration = now.registration();
    DiagnosticStatus status = status("frames");
    NodeHealth.Inputs inputs = now.inputs();
    if (arrived == 0 && !wanted) {
      status.message = IDLE;
    } else if (inputs != null && !inputs.missing().isEmpty()) {
      status.level = DiagnosticStatus.ERROR;
      status.message = inputs.missing();
    } else if (arrived == 0) {
      status.level = DiagnosticStatus.ERROR;
      status.message = "no frames";
    } else if (dropped > MAX_DROP_SHARE * arrived) {
      status.level = DiagnosticStatus.WARN;
      status.message = dropped + " of " + arrived + " frames dropped: " + drops;
    } else if (registration != null && registration.suspended()) {
      status.level = DiagnosticStatus.WARN;
      status.message = "the camera moves too fast: frames are stacked unregistered";
    } else {
      status.message = "receiving frames";
    }
    add(status, "frame rate (Hz)", number(arrived / seconds));
    add(status, "frames", Long.toString(now.frames().received()));
    add(status, "sweep period (ms)", now.sweepMillis() == 0 ? "" : number(now.sweepMillis()));
    add(status, "lens temperature (deg C)", number(now.lensCelsius()));
    add(status, "lens clock offset (s)", precise(now.lens().clockOffset().value()));
    add(status, "lens clock offset, standard error (s)", precise(now.lens().clockOffset().sigma()));
    add(status, "lens drift since start (dioptres)", precise(now.lens().drift().value()));
    if (inputs != null) {
      add(status, inputs);
    }
    if (registration != null) {
      add(status, "registration", registration.mode());
      add(status, "registration trust", number(registration.trust()));
      add(status, "registration p99 (ms)", number(registration.p99Millis()));
      add(status, "keyframes", Long.toString(registration.keyframes()));
      add(status, "registration lost", Long.toString(registration.losses()));
    }
    new TreeMap<>(now.frames().dropped())
        .forEach((cause, count) -> add(status, "dropped " + cause, Long.toString(count)));
    new TreeMap<>(causes)
        .forEach((cause, count) -> add(status, "not used: " + cause, Long.toString(count)));
    return status;
  }

  private DiagnosticStatus depth(
      NodeHealth now, @Nullable NodeHealth last, double seconds, boolean enabled, boolean wanted) {
    long maps = now.maps().published() - (last == null ? 0 : last.maps().published());
    long failed = now.maps().failed() - (last == null ? 0 : last.maps().failed());
    long stacks = now.stacks().ready() - (last == null ? 0 : last.stacks().ready());
    DiagnosticStatus status = status("depth");
    if (failed > 0) {
      status.level = DiagnosticStatus.ERROR;
      status.message = failed + " maps failed";
    } else if (!enabled) {
      status.message = "disabled via ~enable";
    } else if (stacks == 0 && !wanted) {
      status.message = IDLE;
    } else if (stacks == 0) {
      status.level = DiagnosticStatus.WARN;
      status.message = "waiting for a complete sweep";
    } else if (maps == 0) {
      status.message = IDLE;
    } else {
      status.message = "publishing depth";
    }
    add(status, "depth rate (Hz)", number(maps / seconds));
    add(status, "maps", Long.toString(now.maps().published()));
    add(status, "maps failed", Long.toString(now.maps().failed()));
    add(status, "stacks skipped", Long.toString(now.stacks().skipped()));
    add(status, "latency p50 (ms)", number(now.latency().p50Millis()));
    add(status, "latency p95 (ms)", number(now.latency().p95Millis()));
    add(status, "latency p99 (ms)", number(now.latency().p99Millis()));
    add(status, "deadline misses", Long.toString(now.maps().late()));
    add(status, "valid share", number(now.maps().validShare()));
    for (SinkCounters sink : now.sinks()) {
      add(
          status,
          "sink " + sink.sink(),
          sink.delivered()
              + " delivered, "
              + sink.dropped()
              + " dropped, "
              + sink.failed()
              + " failed, "
              + sink.lost()
              + " lost");
    }
    return status;
  }

  private DiagnosticStatus model(NodeHealth now) {
    DiagnosticStatus status = status("model");
    status.message = now.model().name() + " on " + now.executionProvider();
    add(status, "model", now.model().name());
    add(status, "version", now.model().version());
    add(status, "sha256", now.model().sha256());
    add(status, "execution provider", now.executionProvider());
    add(status, "iterations", Integer.toString(now.maps().iterations()));
    return status;
  }

  private static Map<String, Long> dropsSince(NodeHealth now, @Nullable NodeHealth last) {
    Map<String, Long> since = new TreeMap<>();
    now.frames()
        .dropped()
        .forEach((cause, count) -> {
          long fresh = count - (last == null ? 0 : last.frames().dropped().getOrDefault(cause, 0L));
          if (fresh > 0) {
            since.put(cause, fresh);
          }
        });
    return since;
  }

  private static void add(DiagnosticStatus status, NodeHealth.Inputs inputs) {
    InputStatus arrived = inputs.status();
    add(status, "planes without a recent frame", inputs.planesMissing().toString());
    add(status, "newest image stamp (s)", stamp(arrived.images()));
    InputStatus.Messages readings = arrived.readings();
    if (readings != null) {
      add(status, "newest lens reading stamp (s)", stamp(readings));
      add(status, "lowest lens reading (dpt)", number(arrived.lowestFocus()));
      add(status, "highest lens reading (dpt)", number(arrived.highestFocus()));
    }
  }

  private static String stamp(InputStatus.Messages messages) {
    return messages.accepted() == 0 ? "" : NumberFormats.seconds(messages.stampNanos());
  }

  private DiagnosticStatus status(String part) {
    DiagnosticStatus status = new DiagnosticStatus();
    status.level = DiagnosticStatus.OK;
    status.name = nodeName + ": " + part;
    status.hardwareId = hardwareId;
    return status;
  }

  static void add(DiagnosticStatus status, String key, String value) {
    KeyValue pair = new KeyValue();
    pair.key = key;
    pair.value = value;
    status.values.add(pair);
  }

  /** Formats a number; empty if unknown. */
  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String precise(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.5f", value);
  }
}
