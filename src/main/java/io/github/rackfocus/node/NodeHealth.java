package io.github.rackfocus.node;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sink.SinkCounters;
import java.util.List;
import java.util.Map;

/**
 * State of a node: counts and times since its start.
 *
 * @param frames frames received from the source
 * @param framesDropped frames and images dropped, by cause; causes that did not occur are absent
 * @param stacks ready stacks
 * @param stacksSkipped stacks replaced by a newer one before the estimator was free
 * @param stacksPrepared stacks for which only the frame stage ran: during warm-up, by {@code
 * everyNth}, or to keep the deadline
 * @param maps depth maps handed to the sinks
 * @param mapsFailed stacks for which no map could be computed
 * @param latencyP50Millis arrival of the reference frame to hand-over of its map, median
 * @param latencyP95Millis the same, 95th percentile, which {@code model.deadlineMillis} bounds
 * @param latencyP99Millis the same, 99th percentile
 * @param sweepMillis measured sweep period; 0 if unknown
 * @param validShare published share of the last map
 * @param lensCelsius temperature of the lens at the last frame; NaN if unknown
 * @param model identity of the model
 * @param iterations proximal iterations of the last map
 * @param deadlineMisses maps that missed the deadline; 0 without one
 * @param executionProvider execution provider of the model
 * @param sinks counters of every sink
 */
public record NodeHealth(
    long frames,
    Map<String, Long> framesDropped,
    long stacks,
    long stacksSkipped,
    long stacksPrepared,
    long maps,
    long mapsFailed,
    double latencyP50Millis,
    double latencyP95Millis,
    double latencyP99Millis,
    double sweepMillis,
    double validShare,
    float lensCelsius,
    ModelIdentity model,
    int iterations,
    long deadlineMisses,
    String executionProvider,
    List<SinkCounters> sinks) {}
