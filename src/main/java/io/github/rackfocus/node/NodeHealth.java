package io.github.rackfocus.node;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sink.SinkCounters;
import java.util.List;
import java.util.Map;

/**
 * How a node is doing, since its start.
 *
 * @param frames frames that the source gave
 * @param framesDropped frames (and images that became none) by cause; causes that did not occur are
 *     left out
 * @param stacks ready stacks
 * @param stacksSkipped stacks for which a newer one came before the estimator was free
 * @param stacksPrepared stacks of which only the new frame was run, as told: by the warm-up, {@code
 *     everyNth} or the deadline
 * @param maps depth maps handed to the sinks
 * @param mapsFailed stacks for which no map could be made
 * @param latencyP50Millis arrival of the reference frame to hand-over of its map, median
 * @param latencyP95Millis the same, 95th percentile, which {@code model.deadlineMillis} is about
 * @param latencyP99Millis the same, 99th percentile
 * @param sweepMillis measured sweep period; 0 unknown
 * @param validShare share of valid pixels in the last map
 * @param lensCelsius temperature of the lens at the last frame; NaN unknown
 * @param model which model runs
 * @param iterations proximal iterations of the last map
 * @param deadlineMisses maps that came later than the deadline; 0 where there is none
 * @param executionProvider where it runs
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
