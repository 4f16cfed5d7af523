package io.github.rackfocus.assembly;

import io.github.rackfocus.kafka.codec.ModelMessages;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.RegistrationHealth;
import io.github.rackfocus.v1.SinkHealth;
import io.github.rackfocus.v1.StageTime;

/** Converts a node's health to a message; its publisher adds identity and time. */
final class NodeHealthReport {
  private NodeHealthReport() {}

  /** Converts counts and stage durations. */
  static Health.Builder of(NodeHealth node) {
    Health.Builder health =
        Health.newBuilder()
            .setRole("node")
            .setFrames(node.frames().received())
            .putAllFramesDropped(node.frames().dropped())
            .setStacks(node.stacks().ready())
            .setStacksSkipped(node.stacks().skipped())
            .setStacksPrepared(node.stacks().prepared())
            .setMaps(node.maps().published())
            .setMapsFailed(node.maps().failed())
            .setDeadlineMisses(node.maps().late())
            .setLatencyP50Ms(node.latency().p50Millis())
            .setLatencyP95Ms(node.latency().p95Millis())
            .setLatencyP99Ms(node.latency().p99Millis())
            .setSweepMs(node.sweepMillis())
            .setValidShare(node.maps().validShare())
            .setModel(ModelMessages.of(node.model()))
            .setIterations(node.maps().iterations())
            .setExecutionProvider(node.executionProvider());
    NodeHealth.Registration registration = node.registration();
    if (registration != null) {
      health.setRegistration(
          RegistrationHealth.newBuilder()
              .setMode(registration.mode())
              .setSuspended(registration.suspended())
              .setRejected(registration.rejected())
              .setKeyframes(registration.keyframes())
              .setLosses(registration.losses())
              .setTrust((float) registration.trust())
              .setP50Ms(registration.p50Millis())
              .setP99Ms(registration.p99Millis()));
    }
    NodeHealth.Inputs inputs = node.inputs();
    if (inputs != null) {
      health.setInputMissing(inputs.missing()).addAllPlanesMissing(inputs.planesMissing());
    }
    if (node.lens().clockOffset().isKnown()) {
      health.setLensClockOffsetS(node.lens().clockOffset().value());
    }
    if (node.lens().drift().isKnown()) {
      health.setLensDriftDioptres(node.lens().drift().value());
    }
    if (!Float.isNaN(node.lensCelsius())) {
      health.setLensCelsius(node.lensCelsius());
    }
    for (NodeHealth.StageTimes stage : node.stages()) {
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
