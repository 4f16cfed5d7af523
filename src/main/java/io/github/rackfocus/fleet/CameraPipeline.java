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
 * The state of one camera in a worker: its rolling stack, the offsets of its last frames, and its
 * estimator. The stack belongs to the reading thread, the estimator to the computing thread.
 */
final class CameraPipeline {
  /** Bytes per pixel of a depth map: seven layers of floats and the validity. */
  private static final long MAP_BYTES = 29;

  /** Approximate bytes per pixel and plane in an estimator: luma and features as floats. */
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
   * @param first its size, planes and depth offset are those of all frames
   * @param stacksInFlight most stacks of this camera that wait or are computed
   */
  CameraPipeline(
      ReceivedFrame first,
      FocusAxis axis,
      PartitionProgress partition,
      RollingStackConfig rolling,
      ValidityThresholds validity,
      int stacksInFlight,
      double readBackSweeps) {
    this.partition = partition;
    this.axis = axis;
    this.width = first.width();
    this.height = first.height();
    this.depthOffsetMetres = first.depthOffsetMetres();
    // Consecutive stacks differ by the frames between them; after a restart they share none.
    // Registered frames come from a pool of the rolling stack; this one holds those that arrived.
    int apart = Math.min(rolling.everyNth(), axis.planes());
    int frames = 2 * axis.planes() + apart * (stacksInFlight + 1) + 2;
    this.pool = new FramePool(frames);
    this.rolling =
        new RollingFocalStack(
            axis,
            // Frames are selected by their sequence number instead, so that all workers agree.
            rolling.withEveryNth(1));
    this.postProcessor = new DepthPostProcessor(validity, depthOffsetMetres);
    this.readBackSweeps = readBackSweeps;
    this.bytes = (long) width * height * (frames + MAP_BYTES + ESTIMATOR_BYTES * axis.planes());
  }

  /** Whether a frame continues this camera's stack. */
  boolean accepts(ReceivedFrame frame, PartitionProgress from) {
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

  /** The partition of its frames. */
  PartitionProgress partition() {
    return partition;
  }

  /** Approximate memory in bytes. */
  long bytes() {
    return bytes;
  }

  /**
   * Unpacks a frame and adds it to the stack.
   *
   * @param idleNanos gap between the camera's stamps after which the stack starts again
   * @return the outcome, or null if no frame buffer was free
   */
  @Nullable FrameResult offer(
      ReceivedFrame received, long offset, long arrivalNanos, long idleNanos)
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
      FrameResult result = rolling.offer(frame);
      if (result == FrameResult.RESTARTED_BY_TIME) {
        history.clear();
      }
      history.add(offset, received.stampNanos());
      return result;
    }
  }

  /** Takes the stack after a frame if it is ready; the caller closes it. */
  @Nullable FocalStack takeStack() {
    return rolling.takeStack();
  }

  /** Releases all frames. */
  void clear() {
    rolling.clear();
    history.clear();
    lastStampNanos = Long.MIN_VALUE;
  }

  /** The offset from which the next worker must read, see {@link FrameHistory#neededFrom}. */
  long neededFrom(long finished) {
    return history.neededFrom(finished, spanNanos());
  }

  /** Time span of the read-back; {@code Long.MAX_VALUE} until the sweep period is measured. */
  long spanNanos() {
    long period = rolling.measuredPeriodNanos();
    return period == 0 ? Long.MAX_VALUE : (long) (readBackSweeps * period);
  }

  /** Frames per second according to their stamps; 0 while unknown. */
  double rateHz() {
    return history.rateHz();
  }

  /** When the last frame arrived, on the monotonic clock. */
  long lastSeenNanos() {
    return lastSeenNanos;
  }

  /** Computes a stack's map, which the caller closes. Called by the computing thread. */
  DepthMap estimate(FocalStack stack, CameraEstimators estimators) {
    DepthEngine own = engine;
    if (own == null) {
      own = new DepthEngine(estimators.forCamera(), postProcessor, 1, System::nanoTime);
      engine = own;
    }
    return Objects.requireNonNull(own.compute(stack), "the last map was not closed");
  }

  /** Closes the estimator. Called by the computing thread. */
  void closeEstimator() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
  }
}
