package io.github.rackfocus.node;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.sweep.LensWatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of a node: counts and times since its start.
 *
 * @param frames frames of the source
 * @param stacks focal stacks
 * @param maps depth maps
 * @param latency from the arrival of the reference frame to the hand-over of its map
 * @param registration registration of the frames; null if it is off
 * @param sweepMillis measured sweep period; 0 if unknown
 * @param lensCelsius temperature of the lens at the last frame; NaN if unknown
 * @param lens what the frames show of the truth of the lens readings
 * @param inputs what has arrived and what is missing; null for a source without inputs
 * @param model identity of the model
 * @param executionProvider execution provider of the model
 * @param stages times of the stages, in the order in which they are published
 * @param sinks counters of every sink
 */
public record NodeHealth(
    Frames frames,
    Stacks stacks,
    Maps maps,
    Latency latency,
    @Nullable Registration registration,
    double sweepMillis,
    float lensCelsius,
    Lens lens,
    @Nullable Inputs inputs,
    ModelIdentity model,
    String executionProvider,
    List<StageTimes> stages,
    List<SinkCounters> sinks) {

  /**
   * Frames of the source.
   *
   * @param received frames received from the source
   * @param dropped frames and images dropped, by cause; causes that did not occur are absent
   */
  public record Frames(long received, Map<String, Long> dropped) {}

  /**
   * What has arrived at the source, and what is missing.
   *
   * @param missing a sentence that names the missing input; empty if none is
   * @param planesMissing planes without a recent frame, 0 the farthest
   * @param status what has arrived
   */
  public record Inputs(String missing, List<Integer> planesMissing, InputStatus status) {}

  /**
   * What the frames show of the truth of the lens readings, see {@link LensWatch}.
   *
   * @param clockOffset by how much frames are taken later than their readings say, seconds
   * @param drift by how much focus has grown since the start at equal readings, dioptres
   */
  public record Lens(LensWatch.Shift clockOffset, LensWatch.Shift drift) {
    /** Nothing is visible. */
    public static final Lens UNKNOWN = new Lens(LensWatch.Shift.UNKNOWN, LensWatch.Shift.UNKNOWN);
  }

  /**
   * Focal stacks.
   *
   * @param ready stacks that were ready
   * @param skipped stacks replaced by a newer one before the estimator was free
   * @param prepared stacks for which only the frame stage ran: during warm-up, by {@code everyNth},
   *     or to keep the deadline
   */
  public record Stacks(long ready, long skipped, long prepared) {}

  /**
   * Depth maps.
   *
   * @param published maps handed to the sinks
   * @param failed stacks for which no map could be computed
   * @param late maps that missed the deadline; 0 without one
   * @param validShare published share of the last map
   * @param iterations proximal iterations of the last map
   */
  public record Maps(long published, long failed, long late, double validShare, int iterations) {}

  /**
   * Latency of maps.
   *
   * @param p50Millis median
   * @param p95Millis 95th percentile, which {@code model.deadlineMillis} bounds
   * @param p99Millis 99th percentile
   */
  public record Latency(double p50Millis, double p95Millis, double p99Millis) {}

  /**
   * Registration of the frames of a sweep.
   *
   * @param mode what is removed: lens, auto or full
   * @param suspended whether frames are stacked unregistered for a while, because registration was
   *     lost repeatedly
   * @param rejected frames that could not be registered
   * @param keyframes keyframes
   * @param losses how often registration was lost and began anew
   * @param trust in the last frame's motion, 0 to 1
   * @param p50Millis median time that a frame takes
   * @param p99Millis 99th percentile of that time
   */
  public record Registration(
      String mode,
      boolean suspended,
      long rejected,
      long keyframes,
      long losses,
      double trust,
      double p50Millis,
      double p99Millis) {}

  /**
   * Time that a stage takes per map.
   *
   * @param name of the stage
   * @param p50Millis median
   * @param p99Millis 99th percentile
   */
  public record StageTimes(String name, double p50Millis, double p99Millis) {}
}
