package io.github.rackfocus.node;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.Handover;
import io.github.rackfocus.kafka.KafkaFrameSink;
import io.github.rackfocus.kafka.KafkaHealthPublisher;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of the data from a camera to the sinks: three threads (camera, sweep, depth), each with
 * one stage, and one a sink.
 *
 * <p>Live, a full hand-over drops its oldest: frames before the stack (each costs a plane and is
 * counted), and all but the latest stack before the estimator. In replay every stage waits for the
 * next, and nothing is skipped. A bad frame or a failed map is counted, said at most once a second,
 * and the node goes on.
 */
public final class DepthNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DepthNode.class);
  private static final int FRAMES_BEFORE_STACK = 8;

  /** Frames that a frame sink may hold: its queue, and the one it packs. */
  private static final int FRAMES_IN_SINK = 8;

  private final FrameSource source;
  private final DepthEstimator estimator;
  private final SinkFanOut sinks;
  private final LongSupplier nanoClock;
  private final Handover<Frame> frames;
  private final Handover<FocalStack> stacks;
  private final RollingFocalStack rolling;
  private final NodeCounters counters = new NodeCounters();
  private final DepthStage depth;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final List<Thread> threads;
  private @Nullable KafkaFrameSink frameSink;
  private @Nullable KafkaHealthPublisher healthPublisher;
  private volatile @Nullable IOException failure;
  private volatile boolean enabled = true;
  private volatile boolean resetAsked;

  /** A node without a deadline: iterations are fixed, and a map costs what it costs. */
  public DepthNode(
      FrameSource source,
      RollingStackConfig rollingOptions,
      DepthEstimator estimator,
      DepthPostProcessor metric,
      SinkFanOut sinks,
      int mapCapacity,
      boolean lossless,
      LongSupplier nanoClock) {
    this(source, rollingOptions, estimator, metric, sinks, mapCapacity, lossless, 0, nanoClock);
  }

  /**
   * Puts the parts together; {@link #start} sets them going. The node owns source, estimator and
   * sinks from now on.
   *
   * @param mapCapacity maps in use at a time: what waits in all sinks, and two more
   * @param lossless replay: stages wait for each other and nothing is skipped
   * @param deadlineNanos under which the 95th percentile of the latency is held by spending less;
   *     0: none. Nothing is held in replay, where iterations are fixed
   * @param nanoClock monotonic time, for latencies
   * @throws IllegalArgumentException if the source's sweep has a number of planes that the model
   *     can't take; says the range
   */
  public DepthNode(
      FrameSource source,
      RollingStackConfig rollingOptions,
      DepthEstimator estimator,
      DepthPostProcessor metric,
      SinkFanOut sinks,
      int mapCapacity,
      boolean lossless,
      long deadlineNanos,
      LongSupplier nanoClock) {
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
    this.source = source;
    this.estimator = estimator;
    this.sinks = sinks;
    this.nanoClock = nanoClock;
    this.frames = new Handover<>(FRAMES_BEFORE_STACK, lossless);
    this.stacks = new Handover<>(1, lossless);
    // Each frame's stack comes to the depth stage, which runs its frame; maps are made of some.
    this.rolling = new RollingFocalStack(axis, rollingOptions.withEveryNth(1));
    this.depth =
        new DepthStage(
            source.name(),
            estimator,
            metric,
            new DepthMapPool(mapCapacity),
            sinks,
            rollingOptions.everyNth(),
            // Replay skips nothing and holds no deadline.
            lossless ? () -> false : () -> stacks.waiting() > 0,
            deadlineNanos > 0 && !lossless
                ? new DeadlineGovernor(deadlineNanos, estimator.iterationChoices())
                : null,
            counters,
            nanoClock);
    this.threads =
        List.of(
            new Thread(this::runCamera, "camera"),
            new Thread(this::runSweep, "sweep"),
            new Thread(this::runDepth, "depth"));
  }

  /**
   * How many frames a source's pool must hold: those of the rolling stack, those that only the
   * stacks under way still hold, those that wait before it, and those that wait to be sent.
   */
  public static int framesInUse(int planes) {
    return 3 * planes + FRAMES_BEFORE_STACK + FRAMES_IN_SINK + 2;
  }

  /**
   * Publishes every frame that has its focus reading; call it before {@link #start}.
   *
   * @param sink owned by the node from now on
   */
  public void publishFramesTo(KafkaFrameSink sink) {
    frameSink = sink;
  }

  /** Starts the threads. */
  public void start() {
    threads.forEach(Thread::start);
    LivenessFile.fromEnvironment().touchWhile(() -> threads.stream().allMatch(Thread::isAlive));
  }

  /**
   * Waits until the source has ended and all its frames have come through.
   *
   * @throws IOException if the source broke
   */
  public void awaitEnd() throws InterruptedException, IOException {
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Times of the stages since the start; may be asked by any thread. */
  public List<NodeCounters.StageTimes> stageTimes() {
    return counters.stageTimes();
  }

  /**
   * Publishes the node's health, from now until the node is closed.
   *
   * @param publisher owned by the node from now on; closed after all else, with the last counts
   */
  public void publishHealthBy(KafkaHealthPublisher publisher) {
    healthPublisher = publisher;
  }

  /** Ends the source; what is under way still comes through. */
  public void stop() {
    source.close();
  }

  /**
   * Whether depth is computed, where anybody wants it; true at the start. Frames are still taken
   * in, so that the first map after a pause comes at once.
   */
  public void enable(boolean whether) {
    enabled = whether;
  }

  /** Whether depth is computed where anybody wants it. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Whether anybody wants frames now: a map of them, or the frames themselves. */
  public boolean wantsFrames() {
    return enabled && sinks.wantsMaps() || frameSink != null;
  }

  /** Empties the focal stack before the next frame: the next map comes after a whole sweep. */
  public void reset() {
    resetAsked = true;
  }

  /** How the node is doing now; may be asked by any thread. */
  public NodeHealth health() {
    return counters.health(
        source.dropped(),
        frames.dropped(),
        stacks.dropped(),
        estimator.model(),
        estimator.executionProvider(),
        sinkCounters());
  }

  private List<SinkCounters> sinkCounters() {
    List<SinkCounters> all = new ArrayList<>(sinks.counters());
    if (frameSink != null) {
      all.add(frameSink.counters());
    }
    return all;
  }

  /** Ends the source, lets what is under way come through, and closes every part. */
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    for (Thread thread : threads) {
      interrupted |= joinWhateverHappens(thread);
    }
    sinks.close();
    if (frameSink != null) {
      frameSink.close();
    }
    if (healthPublisher != null) {
      healthPublisher.close();
    }
    estimator.close();
    rolling.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a thread; says whether this one was interrupted meanwhile. */
  private static boolean joinWhateverHappens(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
  }

  private void runCamera() {
    try {
      for (Frame frame = nextFrame(); frame != null; frame = nextFrame()) {
        if (frame.arrivalNanos() == 0) {
          frame.arrivedAt(nanoClock.getAsLong());
        }
        counters.frame();
        frames.put(frame);
      }
    } catch (IOException e) {
      failure = e;
      LOG.error("{} ended: {}", source.name(), ErrorMessages.of(e));
    } catch (InterruptedException e) {
      LOG.debug("camera was interrupted");
    } catch (RuntimeException | Error e) {
      fail("camera", e);
    } finally {
      frames.end();
    }
  }

  /** A stage that can't go on ends the node, which says so: half a node would look alive. */
  private void fail(String stage, Throwable cause) {
    failure = new IOException("the " + stage + " stage failed: " + ErrorMessages.of(cause), cause);
    LOG.error("the {} stage failed; the node ends", stage, cause);
    source.close();
  }

  private @Nullable Frame nextFrame() throws IOException, InterruptedException {
    while (true) {
      try {
        return source.next();
      } catch (IllegalArgumentException e) {
        counters.dropped("badFrame");
        trouble.warn("{}: a frame was dropped: {}", source.name(), ErrorMessages.of(e));
      }
    }
  }

  private void runSweep() {
    try {
      for (Frame frame = frames.take(); frame != null; frame = frames.take()) {
        if (resetAsked) {
          resetAsked = false;
          rolling.clear();
        }
        try (Frame taken = frame) {
          if (frameSink != null) {
            frameSink.offer(taken);
          }
          place(taken);
        }
        FocalStack stack = rolling.takeStack();
        counters.sweepPeriod(rolling.measuredPeriodNanos());
        if (stack != null) {
          counters.stack();
          stacks.put(stack);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("sweep was interrupted");
    } catch (RuntimeException | Error e) {
      fail("sweep", e);
    } finally {
      frames.abandon();
      stacks.end();
    }
  }

  private void place(Frame frame) {
    FrameResult placement = rolling.offer(frame);
    counters.lensCelsius(frame.focus().temperatureCelsius());
    if (placement.isPlaced()) {
      if (placement != FrameResult.PLACED) {
        LOG.info(
            "{}: the focal stack was {} at frame {}",
            source.name(),
            placement.key(),
            frame.sequence());
      }
      return;
    }
    counters.dropped(placement.key());
    trouble.warn(
        "{}: frame {} with focus {} was dropped: {}",
        source.name(),
        frame.sequence(),
        frame.focus().focus(),
        placement.key());
  }

  private void runDepth() {
    try {
      for (FocalStack stack = stacks.take(); stack != null; stack = stacks.take()) {
        try (FocalStack taken = stack) {
          if (enabled && sinks.wantsMaps()) {
            depth.take(taken);
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("depth was interrupted");
    } catch (RuntimeException | Error e) {
      fail("depth", e);
    } finally {
      stacks.abandon();
    }
  }
}
