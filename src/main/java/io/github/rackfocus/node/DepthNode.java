package io.github.rackfocus.node;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.frame.ColourMode;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.Handover;
import io.github.rackfocus.registration.FrameRegistration;
import io.github.rackfocus.sink.FrameSink;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline from a camera to the sinks: the stages {@code camera}, {@code sweep} and {@code
 * depth}, each on a thread of its own, and one thread per sink.
 *
 * <p>Live, a full hand-over drops its oldest item: frames before the stack (each costs a plane and
 * is counted), and all but the latest stack before the estimator. Lossless (in replay) every stage
 * waits for the next, and nothing is skipped. A bad frame or a failed map is counted, logged at
 * most once a second, and the node continues; a stage that cannot continue ends the node.
 */
public final class DepthNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DepthNode.class);
  private static final int FRAMES_BEFORE_STACK = 8;

  /** Frames that a frame sink may hold: its queue, and the one that it encodes. */
  private static final int FRAMES_IN_SINK = 8;

  private final FrameSource source;
  private final DepthEstimator estimator;
  private final SinkFanOut sinks;
  private final @Nullable FrameSink frameSink;
  private final @Nullable HealthSink healthSink;
  private final Handover<Frame> frames;
  private final Handover<FocalStack> stacks;
  private final RollingFocalStack rolling;
  private final LensMonitor lens;
  private final InputMonitor inputs;
  private final NodeCounters counters = new NodeCounters();
  private final DepthStage depth;
  private final LongSupplier nanoClock;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final List<StageRunner> stages;
  private final boolean lossless;
  private volatile @Nullable IOException failure;
  private final CaptureRequests captures = new CaptureRequests();
  private volatile boolean enabled = true;
  private volatile @Nullable LiveSettings live;
  private volatile boolean resetRequested;

  /**
   * Builds the pipeline; {@link #start} starts it. The node owns all parts from now on.
   *
   * @throws IllegalArgumentException if the source's sweep has more or fewer planes than the model
   *     takes; the message states the range
   */
  DepthNode(DepthNodeBuilder parts) {
    this.source = parts.source;
    this.estimator = parts.estimator;
    FocusAxis axis = new FocusAxis(source.scale(), source.planeFocus());
    if (axis.planes() < estimator.minPlanes() || axis.planes() > estimator.maxPlanes()) {
      throw new IllegalArgumentException(
          source.name()
              + " sweeps "
              + axis.planes()
              + " planes; model "
              + estimator.model().name()
              + " takes "
              + estimator.minPlanes()
              + " to "
              + estimator.maxPlanes());
    }
    this.sinks = parts.sinks;
    this.nanoClock = parts.nanoClock;
    this.frameSink = parts.frameSink;
    this.healthSink = parts.healthSink;
    this.frames = new Handover<>(FRAMES_BEFORE_STACK, parts.lossless);
    this.stacks = new Handover<>(1, parts.lossless);
    // Every frame's stack goes to the depth stage, which runs the frame stage of the model for it;
    // maps are computed for some.
    this.rolling = new RollingFocalStack(axis, parts.rolling.withEveryNth(1), source.lensWarp());
    this.lens = new LensMonitor(source.name(), axis, parts.exposureOffsetSeconds);
    this.inputs = new InputMonitor(source, axis, this::wantsFrames, nanoClock);
    if (parts.colour == ColourMode.AUTO) {
      source.colourDemand(this::wantsColour);
    }
    this.lossless = parts.lossless;
    boolean held = parts.deadlineNanos > 0 && !parts.lossless;
    this.depth =
        new DepthStage(
            source.name(),
            new DepthEngine(
                estimator, parts.filter, parts.postProcessor, parts.maxMaps, parts.nanoClock),
            sinks,
            parts.rolling.everyNth(),
            // Replay skips nothing and holds no deadline.
            parts.lossless ? () -> false : () -> stacks.waiting() > 0,
            held ? new DeadlineGovernor(parts.deadlineNanos, estimator.iterationChoices()) : null,
            counters);
    this.stages =
        List.of(
            StageRunner.of("camera", new CameraStage()),
            StageRunner.of("sweep", new SweepStage()),
            StageRunner.of("depth", new EstimationStage()));
  }

  /** Starts building a node of these parts, which the node will own. */
  public static DepthNodeBuilder builder(
      FrameSource source, DepthEstimator estimator, SinkFanOut sinks) {
    return new DepthNodeBuilder(source, estimator, sinks);
  }

  /**
   * Number of frames that a source's pool must hold: those of the rolling stack, those that only
   * stacks in use still hold, those queued before the stack, and those in the frame sink.
   */
  public static int framesInUse(int planes) {
    return 3 * planes + FRAMES_BEFORE_STACK + FRAMES_IN_SINK + 2;
  }

  /** Starts the threads; to be called once. */
  public void start() {
    stages.forEach(StageRunner::start);
    if (!lossless) {
      inputs.start();
    }
    LivenessFile.fromEnvironment().touchWhile(() -> stages.stream().allMatch(StageRunner::isAlive));
    if (healthSink != null) {
      healthSink.start(this::health);
    }
  }

  /**
   * Waits until the source has ended and all its frames were processed.
   *
   * @throws IOException if the source or a stage failed
   */
  public void awaitEnd() throws InterruptedException, IOException {
    for (StageRunner stage : stages) {
      stage.join();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Ends the source; what is in the pipeline is still processed. */
  public void stop() {
    source.close();
  }

  /**
   * Enables or disables the computation of depth; enabled at the start. While disabled, frames are
   * still placed in the stack, so that the first map after a pause comes at once.
   */
  public void enable(boolean whether) {
    enabled = whether;
  }

  /** Whether depth is computed if a sink wants it. */
  public boolean isEnabled() {
    return enabled;
  }

  /**
   * Requests one map of a whole sweep that is exposed from now on, whether or not depth is enabled
   * and maps are wanted; sinks that want none don't get it. While a request waits and depth is not
   * enabled, nothing else is computed but the features of each frame.
   *
   * @return completed when every sink is done with the map, exceptionally with an {@link
   *     IllegalStateException} if the map failed or the node ends. To give up, complete or cancel
   *     it
   */
  public CompletableFuture<CapturedMap> capture() {
    return captures.add(System.nanoTime());
  }

  /** Says why a request that has waited for a time has no map yet. */
  public String withoutCapture(double seconds) {
    String cause = incompleteSweep();
    return "no whole sweep in "
        + NumberFormats.of(seconds)
        + " s"
        + (cause == null ? "" : ": " + cause);
  }

  /** Whether frames are wanted now: for a map, a request, or by a frame sink. */
  public boolean wantsFrames() {
    return enabled && sinks.wantsMaps() || frameSink != null || captures.isWaiting();
  }

  /**
   * Changes what may change while the node runs. The sweep and the depth stage take it up with
   * their next frame and stack.
   *
   * @throws IllegalArgumentException if the iterations are not loaded; nothing is changed then
   */
  public void apply(LiveSettings settings) {
    List<Integer> loaded = estimator.iterationChoices();
    if (settings.iterations() >= 0 && !loaded.contains(settings.iterations())) {
      throw new IllegalArgumentException(
          "model.iterations is "
              + settings.iterations()
              + "; expected one of those that are loaded, "
              + loaded
              + ", or model.switchable: true at the start");
    }
    live = settings;
  }

  private boolean wantsColour() {
    return (enabled || captures.isWaiting()) && sinks.wantsColour();
  }

  /** Empties the focal stack before the next frame: the next map needs a whole new sweep. */
  public void reset() {
    resetRequested = true;
  }

  /** State of the node now; may be called from any thread. */
  public NodeHealth health() {
    return counters.health(
        source.dropped(),
        frames.dropped(),
        stacks.dropped(),
        estimator.model(),
        estimator.executionProvider(),
        new NodeHealth.Lens(lens.clockOffset(), lens.drift()),
        inputs.health(),
        sinkCounters());
  }

  /** Why there was no complete sweep so far; null if there was, or if no cause is known. */
  public @Nullable String incompleteSweep() {
    return inputs.explanation();
  }

  private List<SinkCounters> sinkCounters() {
    List<SinkCounters> all = new ArrayList<>(sinks.counters());
    if (frameSink != null) {
      all.add(frameSink.counters());
    }
    return all;
  }

  /** Ends the source, lets what is in the pipeline be processed, and closes all parts. */
  @Override
  public void close() {
    stop();
    inputs.close();
    stages.forEach(StageRunner::joinPassingInterrupts);
    sinks.close();
    if (frameSink != null) {
      frameSink.close();
    }
    if (healthSink != null) {
      healthSink.close(); // Last of the sinks, so that it reports the final counts.
    }
    depth.close();
    rolling.close();
  }

  /** A stage that cannot continue ends the node: half a node would look alive. */
  private void fail(String stage, Throwable cause) {
    failure = new IOException("the " + stage + " stage failed: " + ErrorMessages.of(cause), cause);
    LOG.error("the {} stage failed; the node ends", stage, cause);
    source.close();
  }

  /** Takes frames from the source. */
  private final class CameraStage implements StageRunner.Stage {
    @Override
    public boolean doWork() throws IOException, InterruptedException {
      Frame frame = nextFrame();
      if (frame == null) {
        return false;
      }
      counters.frame();
      frames.put(frame);
      return true;
    }

    private @Nullable Frame nextFrame() throws IOException, InterruptedException {
      while (true) {
        try {
          Frame frame = source.next();
          if (frame == null || frame.arrivalNanos() != 0) {
            return frame;
          }
          frame.close();
          throw new IllegalArgumentException(
              "it has no arrival time; expected the source to pass one to seal()");
        } catch (IllegalArgumentException e) {
          counters.dropped("badFrame");
          warnings.warn("{}: a frame was dropped: {}", source.name(), ErrorMessages.of(e));
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      if (cause instanceof IOException broken) {
        failure = broken;
        LOG.error("{} ended: {}", source.name(), ErrorMessages.of(broken));
      } else {
        fail("camera", cause);
      }
    }

    @Override
    public void onEnd() {
      frames.end();
    }
  }

  /** Places frames in the rolling stack. */
  private final class SweepStage implements StageRunner.Stage {
    private final boolean[] missing = new boolean[rolling.planes()];
    private boolean suspended;

    @Override
    public boolean doWork() throws InterruptedException {
      Frame next = frames.take();
      if (next == null) {
        return false;
      }
      if (resetRequested) {
        resetRequested = false;
        rolling.clear();
      }
      LiveSettings settings = live;
      if (settings != null && rolling.useRegistration(settings.registration())) {
        counters.forgetRegistration();
        suspended = false;
      }
      long start = nanoClock.getAsLong();
      try (Frame frame = next) {
        if (frameSink != null) {
          frameSink.offer(frame);
        }
        place(frame);
      }
      rolling.missing(missing);
      inputs.sweep(missing);
      FocalStack stack = rolling.takeStack();
      FrameRegistration registration = rolling.registration();
      if (registration != null) {
        counters.registration(registration, nanoClock.getAsLong() - start);
        watch(registration);
      }
      counters.sweepPeriod(rolling.measuredPeriodNanos());
      if (stack != null) {
        counters.stack();
        stacks.put(stack);
      }
      return true;
    }

    private void watch(FrameRegistration registration) {
      if (registration.isSuspended() != suspended) {
        suspended = registration.isSuspended();
        if (suspended) {
          LOG.warn(
              "{}: the motion of the camera could not be followed {} times; frames are stacked"
                  + " unregistered for a while. Move the camera more slowly or raise the frame rate",
              source.name(),
              registration.losses());
        } else {
          LOG.info("{}: frames are registered again", source.name());
        }
      }
    }

    private void place(Frame frame) {
      lens.add(frame);
      FrameResult result = rolling.offer(frame);
      counters.lensCelsius(frame.focus().temperatureCelsius());
      if (result == FrameResult.PLACED) {
        return;
      }
      if (result.isPlaced()) {
        LOG.info(
            "{}: the focal stack was {} at frame {}",
            source.name(),
            result.key(),
            frame.sequence());
        return;
      }
      counters.dropped(result.key());
      if (result == FrameResult.UNSETTLED) {
        return; // As often as the lens flies back; nothing is wrong.
      }
      warnings.warn(
          "{}: frame {} with focus {} was dropped: {}",
          source.name(),
          frame.sequence(),
          frame.focus().focus(),
          result.key());
    }

    @Override
    public void onError(Throwable cause) {
      fail("sweep", cause);
    }

    @Override
    public void onEnd() {
      frames.abandon();
      stacks.end();
    }
  }

  /** Computes maps while they are wanted. */
  private final class EstimationStage implements StageRunner.Stage {
    private @Nullable LiveSettings used;

    @Override
    public boolean doWork() throws InterruptedException {
      FocalStack next = stacks.take();
      if (next == null) {
        return false;
      }
      try (FocalStack stack = next) {
        LiveSettings settings = live;
        if (settings != null && settings != used) {
          used = settings;
          depth.use(settings);
        }
        boolean wanted = enabled && sinks.wantsMaps();
        if (captures.isWaiting()) {
          List<CaptureRequests.Request> answered = captures.takeAnsweredBy(stack);
          if (!answered.isEmpty()) {
            depth.capture(stack, answered);
            return true;
          }
          if (!wanted) {
            depth.prepareFor(stack);
          }
        }
        if (wanted) {
          depth.process(stack);
        }
      }
      return true;
    }

    @Override
    public void onError(Throwable cause) {
      fail("depth", cause);
    }

    @Override
    public void onEnd() {
      stacks.abandon();
      captures.close();
    }
  }
}
