package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes depth maps from focal stacks: leases a map, runs the estimator, adds colour, fuses the
 * map with those before it if there is a filter, converts positions to metres with their validity,
 * and records who computed the map and how long each stage took.
 *
 * <p>The node, workers, benchmarks and the evaluation all compute maps through this class. For one
 * thread; allocates nothing per map. Owns its estimator.
 */
public final class DepthEngine implements AutoCloseable {
  private final DepthEstimator estimator;
  private @Nullable StillFilter filter;
  private DepthPostProcessor postProcessor;
  private final DepthMapPool maps;
  private final ColourComposer colours = new ColourComposer();
  private final LongSupplier nanoClock;
  private long estimateNanos;
  private long computeNanos;
  private long finishedNanos;

  /**
   * @param estimator closed with this engine
   * @param maxMaps maps that may be leased at the same time, at least 1
   * @param nanoClock monotonic time, nanoseconds
   */
  public DepthEngine(
      DepthEstimator estimator,
      DepthPostProcessor postProcessor,
      int maxMaps,
      LongSupplier nanoClock) {
    this(estimator, null, postProcessor, maxMaps, nanoClock);
  }

  /**
   * @param estimator closed with this engine
   * @param filter of this engine's camera alone; null for none
   * @param maxMaps maps that may be leased at the same time, at least 1
   * @param nanoClock monotonic time, nanoseconds
   */
  public DepthEngine(
      DepthEstimator estimator,
      @Nullable StillFilter filter,
      DepthPostProcessor postProcessor,
      int maxMaps,
      LongSupplier nanoClock) {
    this.estimator = estimator;
    this.filter = filter;
    this.postProcessor = postProcessor;
    this.maps = new DepthMapPool(maxMaps);
    this.nanoClock = nanoClock;
  }

  /**
   * Changes the thresholds, and whether maps are fused, from the next map on. To be called by the
   * engine's thread.
   *
   * @param isFiltered a filter begins anew
   */
  public void use(ValidityThresholds thresholds, boolean isFiltered) {
    postProcessor = postProcessor.with(thresholds);
    filter = isFiltered ? new StillFilter(thresholds) : null;
  }

  /** The estimator, which belongs to this engine's thread. */
  public DepthEstimator estimator() {
    return estimator;
  }

  /**
   * Computes the map of a stack.
   *
   * @param stack the caller keeps its lease
   * @return a map that the caller closes, or null if {@code maxMaps} maps are leased already
   * @throws IllegalArgumentException if the estimator cannot take the stack's size or planes
   * @throws DepthException if inference fails
   */
  public @Nullable DepthMap compute(FocalStack stack) {
    return compute(stack, filter);
  }

  /** Does the same without the filter: nothing is older than the stack. */
  public @Nullable DepthMap computeAlone(FocalStack stack) {
    return compute(stack, null);
  }

  private @Nullable DepthMap compute(FocalStack stack, @Nullable StillFilter by) {
    DepthMap map = maps.tryLease(stack.width(), stack.height());
    if (map == null) {
      return null;
    }
    try {
      long start = nanoClock.getAsLong();
      DepthInfo info = map.info();
      info.setEstimator(estimator);
      info.setFilter(by == null ? FilterMode.OFF : FilterMode.STILL);
      recordStagesBefore(start, stack.reference(), info);
      estimator.estimate(stack, map);
      long estimated = nanoClock.getAsLong();
      colours.compose(stack, map);
      if (by != null) {
        by.apply(stack, map);
      }
      postProcessor.finish(stack, map, by);
      long finished = nanoClock.getAsLong();
      info.recordStage(Stage.FINISH, finished - estimated);
      estimateNanos = estimated - start;
      computeNanos = finished - start;
      finishedNanos = finished;
      return map;
    } catch (RuntimeException | Error e) {
      map.close();
      throw e;
    }
  }

  /** Time that the estimator took for the last map, nanoseconds. */
  public long estimateNanos() {
    return estimateNanos;
  }

  /** Time that the last map took in all, without waiting before it, nanoseconds. */
  public long computeNanos() {
    return computeNanos;
  }

  /** When the last map was finished, on the monotonic clock. */
  public long finishedNanos() {
    return finishedNanos;
  }

  /** Closes the estimator. Leased maps stay valid. */
  @Override
  public void close() {
    estimator.close();
  }

  private static void recordStagesBefore(long start, Frame reference, DepthInfo info) {
    if (reference.arrivalNanos() == 0) {
      return; // Only evaluated: it came from nowhere.
    }
    info.recordStage(Stage.RECEIVE, reference.receiveNanos());
    info.recordStage(Stage.DECODE, reference.decodeNanos());
    info.recordStage(Stage.WAIT, start - reference.arrivalNanos() - reference.decodeNanos());
  }
}
