package io.github.rackfocus.fleet;

import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.kafka.codec.ReceivedFrame;
import io.github.rackfocus.kafka.codec.RejectedFrameException;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a worker keeps of one camera: its rolling stack, where its last frames lie in their
 * partition, and its estimator. The stack's side is for the thread that reads, the estimator's for
 * the thread that computes.
 */
final class CameraPipeline {
  /** Bytes a pixel of a depth map: seven planes of floats and the validity. */
  private static final long MAP_BYTES = 29;

  /** Bytes a pixel and plane that estimators keep, about: luma and features as floats. */
  private static final long ESTIMATOR_BYTES = 12;

  private final PartitionProgress partition;
  private final FocusAxis axis;
  private final int width;
  private final int height;
  private final double depthOffsetMetres;
  private final FramePool pool;
  private final RollingFocalStack rolling;
  private final FrameHistory history = new FrameHistory();
  private final DepthPostProcessor postProcessor;
  private final double readBackSweeps;
  private final long bytes;
  private long lastStampNanos = Long.MIN_VALUE;
  private long lastSeenNanos;
  private @Nullable DepthEngine engine;

  /**
   * @param first says size, planes and depth offset, which stay the same
   * @param stacksUnderWay of this camera at most
   */
  CameraPipeline(
      ReceivedFrame first,
      FocusAxis axis,
      PartitionProgress partition,
      RollingStackConfig rolling,
      ValidityThresholds validity,
      int stacksUnderWay,
      double readBackSweeps) {
    this.partition = partition;
    this.axis = axis;
    this.width = first.width();
    this.height = first.height();
    this.depthOffsetMetres = first.depthOffsetMetres();
    // Stacks that wait differ from their neighbours by the frames between them; after the stack
    // began anew they share nothing with it.
    int apart = Math.min(rolling.everyNth(), axis.planes());
    int frames = 2 * axis.planes() + apart * (stacksUnderWay + 1) + 2;
    this.pool = new FramePool(frames);
    this.rolling =
        new RollingFocalStack(
            axis,
            // Which frames get a map is decided by their numbers, so that all workers agree.
            new RollingStackConfig(
                rolling.maxStackAgeNanos(),
                rolling.allowMissingPlanes(),
                1,
                rolling.motionThreshold()));
    this.postProcessor = new DepthPostProcessor(validity, depthOffsetMetres);
    this.readBackSweeps = readBackSweeps;
    this.bytes = (long) width * height * (frames + MAP_BYTES + ESTIMATOR_BYTES * axis.planes());
  }

  /** Whether a frame goes on with what this lane holds. */
  boolean takes(ReceivedFrame frame, PartitionProgress from) {
    return from == partition
        && frame.width() == width
        && frame.height() == height
        && frame.scale() == axis.scale()
        && frame.depthOffsetMetres() == depthOffsetMetres
        && Arrays.equals(frame.planeFocus(), planeFocus());
  }

  private double[] planeFocus() {
    double[] focus = new double[axis.planes()];
    for (int plane = 0; plane < focus.length; plane++) {
      focus[plane] = axis.focus(plane);
    }
    return focus;
  }

  /** Whose records it holds frames of. */
  PartitionProgress partition() {
    return partition;
  }

  /** Memory it takes, about. */
  long bytes() {
    return bytes;
  }

  /**
   * Unpacks a frame and gives it to the stack.
   *
   * @param idleNanos of the camera's time after which it begins anew
   * @return what became of it, or null if no memory was free for it
   */
  @Nullable FrameResult offer(ReceivedFrame received, long offset, long arrivalNanos, long idleNanos)
      throws RejectedFrameException {
    lastSeenNanos = arrivalNanos;
    if (lastStampNanos != Long.MIN_VALUE && received.stampNanos() - lastStampNanos > idleNanos) {
      clear();
    }
    lastStampNanos = received.stampNanos();
    Frame frame = pool.tryLease(width, height, false);
    if (frame == null) {
      return null;
    }
    try (frame) {
      received.unpackInto(frame, arrivalNanos);
      FrameResult placement = rolling.offer(frame);
      if (placement == FrameResult.RESTARTED_BY_TIME) {
        history.clear();
      }
      history.add(offset, received.stampNanos());
      return placement;
    }
  }

  /** The stack after a frame, if it is ready. */
  @Nullable FocalStack takeStack() {
    return rolling.takeStack();
  }

  /** Forgets all frames. */
  void clear() {
    rolling.clear();
    history.clear();
    lastStampNanos = Long.MIN_VALUE;
  }

  /** The first record that the next worker needs, see {@link FrameHistory#neededFrom}. */
  long neededFrom(long finished) {
    return history.neededFrom(finished, spanNanos());
  }

  /** How far read-back reaches; {@code Long.MAX_VALUE} until the sweep's period is measured. */
  long spanNanos() {
    long period = rolling.measuredPeriodNanos();
    return period == 0 ? Long.MAX_VALUE : (long) (readBackSweeps * period);
  }

  /** Frames a second, by their stamps; 0 while unknown. */
  double rateHz() {
    return history.rateHz();
  }

  /** When the last frame came, on the monotonic clock. */
  long lastSeenNanos() {
    return lastSeenNanos;
  }

  /** Computes a stack's map, which the caller closes; for the thread that computes. */
  DepthMap estimate(FocalStack stack, CameraEstimators estimators) {
    DepthEngine own = engine;
    if (own == null) {
      own = new DepthEngine(estimators.forCamera(), postProcessor, 1, System::nanoTime);
      engine = own;
    }
    return Objects.requireNonNull(own.compute(stack), "the last map was not closed");
  }

  /** Lets go of the estimator; for the thread that computes. */
  void closeEstimator() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
  }
}
