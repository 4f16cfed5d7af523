package io.github.rackfocus.node;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.node.NodeHealth.StageTimes;
import io.github.rackfocus.registration.FrameRegistration;
import io.github.rackfocus.sink.SinkCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counters and timings of the stages of a node. Thread-safe. */
final class NodeCounters {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private static final Stage[] STAGES = Stage.values();

  private final Histogram[] stageTimes = new Histogram[STAGES.length];
  private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
  private final Map<String, Long> drops = new TreeMap<>();
  private long frames;
  private long stacks;
  private long maps;
  private long mapsFailed;
  private long prepared;
  private long sweepPeriodNanos;
  private double validShare;
  private int iterations;
  private long deadlineMisses;
  private final Histogram registrationTimes = new Histogram(LONGEST_NANOS, 2);
  private boolean registered;
  private String registrationMode = "";
  private boolean suspended;
  private long unregistered;
  private long keyframes;
  private long losses;
  private double motionTrust;
  private float lensCelsius = Float.NaN;

  NodeCounters() {
    for (int i = 0; i < stageTimes.length; i++) {
      stageTimes[i] = new Histogram(LONGEST_NANOS, 2);
    }
  }

  synchronized void frame() {
    frames++;
  }

  synchronized void lensCelsius(float celsius) {
    lensCelsius = celsius;
  }

  synchronized void dropped(String cause) {
    drops.merge(cause, 1L, Long::sum);
  }

  synchronized void stack() {
    stacks++;
  }

  /** Records the registration of a frame and the time that placing it took. */
  synchronized void registration(FrameRegistration by, long nanos) {
    registered = true;
    registrationMode = by.mode().key();
    suspended = by.isSuspended();
    unregistered = by.rejected();
    keyframes = by.keyframes();
    losses = by.losses();
    motionTrust = by.trust();
    registrationTimes.recordValue(bounded(nanos));
  }

  /** Forgets the registration, because it changed; its counts begin anew. */
  synchronized void forgetRegistration() {
    registered = false;
    registrationTimes.reset();
  }

  private NodeHealth.@Nullable Registration registration() {
    return registered
        ? new NodeHealth.Registration(
            registrationMode,
            suspended,
            unregistered,
            keyframes,
            losses,
            motionTrust,
            registrationTimes.getValueAtPercentile(50) / 1e6,
            registrationTimes.getValueAtPercentile(99) / 1e6)
        : null;
  }

  synchronized void sweepPeriod(long nanos) {
    sweepPeriodNanos = nanos;
  }

  synchronized void map(long latencyNanos, DepthInfo info) {
    maps++;
    validShare = info.validShare();
    iterations = info.iterations();
    deadlineMisses += info.isDeadlineMissed() ? 1 : 0;
    latency.recordValue(bounded(latencyNanos));
    for (int i = 0; i < stageTimes.length; i++) {
      long nanos = info.stageNanos(STAGES[i]);
      if (nanos != 0) {
        stageTimes[i].recordValue(bounded(nanos));
      }
    }
  }

  private static long bounded(long nanos) {
    return Math.min(Math.max(nanos, 0), LONGEST_NANOS);
  }

  private List<StageTimes> stageTimes() {
    List<StageTimes> times = new ArrayList<>();
    for (int i = 0; i < stageTimes.length; i++) {
      if (stageTimes[i].getTotalCount() > 0) {
        times.add(
            new StageTimes(
                STAGES[i].key(),
                stageTimes[i].getValueAtPercentile(50) / 1e6,
                stageTimes[i].getValueAtPercentile(99) / 1e6));
      }
    }
    return times;
  }

  synchronized void prepared() {
    prepared++;
  }

  synchronized void mapFailed() {
    mapsFailed++;
  }

  synchronized NodeHealth health(
      long droppedBySource,
      long droppedBeforeStack,
      long stacksSkipped,
      ModelIdentity model,
      String executionProvider,
      NodeHealth.Lens lens,
      NodeHealth.@Nullable Inputs inputs,
      List<SinkCounters> sinks) {
    Map<String, Long> dropped = new TreeMap<>(drops);
    if (droppedBySource > 0) {
      dropped.put("source", droppedBySource);
    }
    if (droppedBeforeStack > 0) {
      dropped.put("queueFull", droppedBeforeStack);
    }
    return new NodeHealth(
        new NodeHealth.Frames(frames, Map.copyOf(dropped)),
        new NodeHealth.Stacks(stacks, stacksSkipped, prepared),
        new NodeHealth.Maps(maps, mapsFailed, deadlineMisses, validShare, iterations),
        new NodeHealth.Latency(
            latency.getValueAtPercentile(50) / 1e6,
            latency.getValueAtPercentile(95) / 1e6,
            latency.getValueAtPercentile(99) / 1e6),
        registration(),
        sweepPeriodNanos / 1e6,
        lensCelsius,
        lens,
        inputs,
        model,
        executionProvider,
        stageTimes(),
        sinks);
  }
}
