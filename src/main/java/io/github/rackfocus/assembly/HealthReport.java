package io.github.rackfocus.assembly;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.fleet.WorkerHealth;
import io.github.rackfocus.node.NodeCounters;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.Model;
import io.github.rackfocus.v1.SinkHealth;
import io.github.rackfocus.v1.StageTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** A node's or worker's health as a message; who publishes it adds whose it is and when. */
public final class HealthReport {
  /** Tells this process from others of the same robot and camera, on this machine and elsewhere. */
  private static final String INSTANCE =
      ProcessHandle.current().pid()
          + "-"
          + Long.toHexString(ThreadLocalRandom.current().nextLong());

  private HealthReport() {}

  /**
   * The message for a worker: what was read of all its cameras. What its own words have no field
   * for stands among the further losses.
   */
  public static Health.Builder of(WorkerHealth worker, DepthEstimator estimator) {
    Map<String, Long> dropped = new TreeMap<>(worker.dropped());
    worker.refused().forEach((cause, count) -> dropped.merge(cause, count, Long::sum));
    return Health.newBuilder()
        .setRole("worker")
        .setInstance(INSTANCE)
        .setFrames(worker.frames())
        .putAllFramesDropped(dropped)
        .setStacks(
            worker.skippedStacks()
                + worker.maps()
                + worker.mapsFailed()
                + worker.mapsLost()
                + worker.waiting())
        .setStacksSkipped(worker.skippedStacks())
        .setMaps(worker.maps())
        .setMapsFailed(worker.mapsFailed())
        .putFurtherLosses("framesSkipped", worker.framesSkipped())
        .putFurtherLosses("mapsLost", worker.mapsLost())
        .setLatencyP50Ms(worker.latencyP50Millis())
        .setLatencyP95Ms(worker.latencyP95Millis())
        .setLatencyP99Ms(worker.latencyP99Millis())
        .setValidShare(worker.validShare())
        .setModel(model(estimator.model()))
        .setIterations(estimator.iterations())
        .setExecutionProvider(estimator.executionProvider());
  }

  private static Model.Builder model(ModelIdentity model) {
    return Model.newBuilder()
        .setName(model.name())
        .setVersion(model.version())
        .setSha256(model.sha256());
  }

  static Health.Builder of(NodeHealth node, List<NodeCounters.StageTimes> stages) {
    Health.Builder health =
        Health.newBuilder()
            .setRole("node")
            .setFrames(node.frames())
            .putAllFramesDropped(node.framesDropped())
            .setStacks(node.stacks())
            .setStacksSkipped(node.stacksSkipped())
            .setStacksPrepared(node.stacksPrepared())
            .setMaps(node.maps())
            .setMapsFailed(node.mapsFailed())
            .setDeadlineMisses(node.deadlineMisses())
            .setLatencyP50Ms(node.latencyP50Millis())
            .setLatencyP95Ms(node.latencyP95Millis())
            .setLatencyP99Ms(node.latencyP99Millis())
            .setSweepMs(node.sweepMillis())
            .setValidShare(node.validShare())
            .setModel(model(node.model()))
            .setIterations(node.iterations())
            .setExecutionProvider(node.executionProvider());
    if (!Float.isNaN(node.lensCelsius())) {
      health.setLensCelsius(node.lensCelsius());
    }
    for (NodeCounters.StageTimes stage : stages) {
      health.addStages(
          StageTime.newBuilder()
              .setName(stage.name())
              .setP50Ms(stage.p50Millis())
              .setP99Ms(stage.p99Millis()));
    }
    for (SinkCounters sink : node.sinks()) {
      health.addSinks(sink(sink));
    }
    return health;
  }

  private static SinkHealth sink(SinkCounters sink) {
    return SinkHealth.newBuilder()
        .setName(sink.sink())
        .setOffered(sink.offered())
        .setDelivered(sink.delivered())
        .setDropped(sink.dropped())
        .setFailed(sink.failed())
        .setLost(sink.lost())
        .putAllLossesByCause(sink.lossesByCause())
        .build();
  }
}
