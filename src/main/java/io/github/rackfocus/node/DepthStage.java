package io.github.rackfocus.node;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The last stage of a node before its sinks: from focal stacks to depth maps, as often and with as
 * many iterations as the deadline leaves. What fails costs its map only. For one thread.
 */
final class DepthStage {
  private final String name;
  private final DepthEstimator estimator;
  private final DepthPostProcessor metric;
  private final DepthMapPool maps;
  private final SinkFanOut sinks;
  private final int everyNth;
  private final BooleanSupplier isLate;
  private final @Nullable DeadlineGovernor governor;
  private final NodeCounters counters;
  private final LongSupplier nanoClock;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LoggerFactory.getLogger(DepthStage.class));
  private boolean warm;
  private long lastMapNumber = Long.MIN_VALUE / 2;

  /**
   * @param name of the source, for messages
   * @param everyNth stack becomes a map, at most
   * @param isLate whether a newer stack waits already
   * @param governor of the deadline; null where iterations are fixed
   */
  DepthStage(
      String name,
      DepthEstimator estimator,
      DepthPostProcessor metric,
      DepthMapPool maps,
      SinkFanOut sinks,
      int everyNth,
      BooleanSupplier isLate,
      @Nullable DeadlineGovernor governor,
      NodeCounters counters,
      LongSupplier nanoClock) {
    this.name = name;
    this.estimator = estimator;
    this.metric = metric;
    this.maps = maps;
    this.sinks = sinks;
    this.everyNth = everyNth;
    this.isLate = isLate;
    this.governor = governor;
    this.counters = counters;
    this.nanoClock = nanoClock;
  }

  /**
   * Makes a map of the stack if one is due; if not, runs at least its new frame through the stage
   * of single frames, so that the next map costs no more than one.
   */
  void take(FocalStack stack) throws InterruptedException {
    DeadlineGovernor held = governor;
    boolean warmedUp = !warm;
    if (warmedUp) {
      warm = true;
      prepare(stack);
    }
    // What a first run sets up must not make the first map late; replay skips nothing.
    boolean stale = warmedUp && isLate.getAsBoolean();
    long due = (long) everyNth * (held == null ? 1 : held.stride());
    if (stale || stack.number() - lastMapNumber < due) {
      counters.prepared();
      if (!warmedUp) {
        prepare(stack);
      }
      return;
    }
    lastMapNumber = stack.number();
    if (held != null) {
      estimator.useIterations(held.iterations());
    }
    estimate(stack);
  }

  private void prepare(FocalStack stack) {
    try {
      estimator.prepare(stack);
    } catch (RuntimeException e) {
      // The same stack would cost a map; whether it does the next one shows.
      trouble.warn(
          "{}: frame {} was not prepared: {}", name, stack.reference().sequence(), ErrorMessages.of(e));
    }
  }

  private void estimate(FocalStack stack) throws InterruptedException {
    DepthMap map = maps.tryLease(stack.width(), stack.height());
    if (map == null) {
      counters.mapFailed();
      trouble.warn("no depth map is free: a sink keeps more than it may");
      return;
    }
    try (map) {
      long begun = nanoClock.getAsLong();
      noteWayUntil(begun, stack.reference(), map.info());
      estimator.estimate(stack, map);
      map.info().estimatedBy(estimator);
      long estimated = nanoClock.getAsLong();
      metric.finish(stack, map);
      long finished = nanoClock.getAsLong();
      map.info().took(Stage.FINISH, finished - estimated);
      long latency = finished - stack.reference().arrivalNanos();
      if (governor != null && governor.mapTook(latency, finished - begun)) {
        map.info().missedDeadline();
      }
      counters.map(latency, map.info());
      sinks.offer(map);
    } catch (RuntimeException e) {
      // Whatever inference throws costs this map only; the operator hears of it.
      counters.mapFailed();
      trouble.warn(
          "{}: no depth for frame {}: {}", name, stack.reference().sequence(), ErrorMessages.of(e));
    }
  }

  private static void noteWayUntil(long begun, Frame frame, DepthInfo info) {
    info.took(Stage.RECEIVE, frame.receiveNanos());
    info.took(Stage.DECODE, frame.decodeNanos());
    info.took(Stage.WAIT, begun - frame.arrivalNanos() - frame.decodeNanos());
  }
}
