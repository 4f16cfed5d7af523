package io.github.rackfocus.node;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.StillFilter;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.ColourMode;
import io.github.rackfocus.sink.FrameSink;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link DepthNode}. All but the required ones have a default. */
public final class DepthNodeBuilder {
  /** Maps in use without any queue: the one being computed, and one to spare. */
  private static final int DEFAULT_MAX_MAPS = 2;

  final FrameSource source;
  final DepthEstimator estimator;
  final SinkFanOut sinks;
  RollingStackConfig rolling = RollingStackConfig.DEFAULTS;
  DepthPostProcessor postProcessor = new DepthPostProcessor(ValidityThresholds.DEFAULTS);
  int maxMaps = DEFAULT_MAX_MAPS;
  boolean lossless;
  ColourMode colour = ColourMode.AUTO;
  long deadlineNanos;
  double exposureOffsetSeconds;
  LongSupplier nanoClock = System::nanoTime;
  @Nullable StillFilter filter;
  @Nullable FrameSink frameSink;
  @Nullable HealthSink healthSink;

  DepthNodeBuilder(FrameSource source, DepthEstimator estimator, SinkFanOut sinks) {
    this.source = source;
    this.estimator = estimator;
    this.sinks = sinks;
  }

  /** How the rolling stack is kept. */
  public DepthNodeBuilder rolling(RollingStackConfig config) {
    rolling = config;
    return this;
  }

  /** How positions become metres and validity. */
  public DepthNodeBuilder postProcessor(DepthPostProcessor processor) {
    postProcessor = processor;
    return this;
  }

  /** Fuses the maps of what stands still; for this node alone. Default: none. */
  public DepthNodeBuilder filter(@Nullable StillFilter stillFilter) {
    filter = stillFilter;
    return this;
  }

  /**
   * Maps that may be in use at the same time: those queued for all sinks, and two more. Default 2.
   */
  public DepthNodeBuilder maxMaps(int maps) {
    maxMaps = maps;
    return this;
  }

  /** Whether frames carry colour while a sink wants it. Default: they do. */
  public DepthNodeBuilder colour(ColourMode mode) {
    colour = mode;
    return this;
  }

  /** Replay: stages wait for each other and nothing is skipped. Default: live. */
  public DepthNodeBuilder lossless(boolean whether) {
    lossless = whether;
    return this;
  }

  /**
   * Keeps the 95th percentile of the latency below this time by computing less, in nanoseconds; 0
   * (the default): no deadline. Ignored if lossless, where iterations are fixed.
   */
  public DepthNodeBuilder deadlineNanos(long nanos) {
    deadlineNanos = nanos;
    return this;
  }

  /**
   * The configured {@code lens.exposureOffset}, for warnings that state a better one. Default 0.
   */
  public DepthNodeBuilder exposureOffsetSeconds(double seconds) {
    exposureOffsetSeconds = seconds;
    return this;
  }

  /** Monotonic time for latencies, nanoseconds. Default: the JVM's. */
  public DepthNodeBuilder nanoClock(LongSupplier clock) {
    nanoClock = clock;
    return this;
  }

  /** Where every frame goes that has a focus reading. Default: nowhere. */
  public DepthNodeBuilder frameSink(@Nullable FrameSink sink) {
    frameSink = sink;
    return this;
  }

  /** Where the node's health goes. Default: nowhere. */
  public DepthNodeBuilder healthSink(@Nullable HealthSink sink) {
    healthSink = sink;
    return this;
  }

  /**
   * Builds the node, which is then ready to start.
   *
   * @throws IllegalArgumentException if the source's sweep has more or fewer planes than the model
   *     takes; the message states the range. The parts are still the caller's then
   */
  public DepthNode build() {
    return new DepthNode(this);
  }
}
