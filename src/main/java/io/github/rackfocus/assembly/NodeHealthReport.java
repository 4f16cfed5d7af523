package io.github.rackfocus.assembly;

import io.github.rackfocus.kafka.codec.ModelMessages;
import io.github.rackfocus.node.NodeCounters;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.SinkHealth;
import io.github.rackfocus.v1.StageTime;
import java.util.List;

/** Converts a node's health to a message; its publisher adds identity and time. */
final class NodeHealthReport {
  private NodeHealthReport() {}

  /** Converts counts and stage durations. */
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
            .setModel(ModelMessages.of(node.model()))
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
