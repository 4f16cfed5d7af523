package io.github.rackfocus.fleet;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.kafka.codec.ModelMessages;
import io.github.rackfocus.v1.Health;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** Converts a worker's health to a message; its publisher adds identity and time. */
final class WorkerHealthReport {
  /** Distinguishes this process from others with the same robot and camera, on any machine. */
  private static final String INSTANCE =
      ProcessHandle.current().pid()
          + "-"
          + Long.toHexString(ThreadLocalRandom.current().nextLong());

  private WorkerHealthReport() {}

  /** Reports the counts of all cameras; those without a field of their own are further losses. */
  static Health.Builder of(WorkerHealth worker, DepthEstimator estimator) {
    WorkerHealth.Frames frames = worker.frames();
    WorkerHealth.Stacks stacks = worker.stacks();
    WorkerHealth.Maps maps = worker.maps();
    Map<String, Long> dropped = new TreeMap<>(frames.dropped());
    frames.rejected().forEach((cause, count) -> dropped.merge(cause, count, Long::sum));
    return Health.newBuilder()
        .setRole("worker")
        .setInstance(INSTANCE)
        .setFrames(frames.read())
        .putAllFramesDropped(dropped)
        .setStacks(
            stacks.skipped() + maps.acknowledged() + maps.failed() + maps.lost() + stacks.waiting())
        .setStacksSkipped(stacks.skipped())
        .setMaps(maps.acknowledged())
        .setMapsFailed(maps.failed())
        .putFurtherLosses("framesSkipped", frames.skipped())
        .putFurtherLosses("mapsLost", maps.lost())
        .setLatencyP50Ms(worker.latency().p50Millis())
        .setLatencyP95Ms(worker.latency().p95Millis())
        .setLatencyP99Ms(worker.latency().p99Millis())
        .setValidShare(maps.validShare())
        .setModel(ModelMessages.of(estimator.model()))
        .setIterations(estimator.iterations())
        .setExecutionProvider(estimator.executionProvider());
  }
}
