package io.github.rackfocus.node;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.MapDelivery;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The last stage before the sinks: computes depth maps from focal stacks, as often and with as many
 * iterations as the deadline permits. A failure costs only the map it happens in. For one thread.
 */
final class DepthStage implements AutoCloseable {
  private static final String UNDELIVERED =
      "no sink took the map; expected a subscriber of a topic of depth, sinks.files or sinks.kafka";

  private final String name;
  private final DepthEngine engine;
  private final SinkFanOut sinks;
  private int everyNth;
  private final BooleanSupplier isLate;
  private @Nullable DeadlineGovernor governor;
  private final int firstIterations;
  private final NodeCounters counters;
  private final RateLimitedLogger warnings =
      new RateLimitedLogger(LoggerFactory.getLogger(DepthStage.class));
  private @Nullable LiveSettings used;
  private int mostIterations;
  private long deadlineNanos;
  private boolean warm;
  private long lastMapNumber = Long.MIN_VALUE / 2;

  /**
   * @param name of the source, for messages
   * @param engine closed with this stage
   * @param everyNth a map is computed for at most every n-th stack
   * @param isLate whether a newer stack is queued already
   * @param governor of the deadline; null if iterations are fixed
   */
  DepthStage(
      String name,
      DepthEngine engine,
      SinkFanOut sinks,
      int everyNth,
      BooleanSupplier isLate,
      @Nullable DeadlineGovernor governor,
      NodeCounters counters) {
    this.name = name;
    this.engine = engine;
    this.sinks = sinks;
    this.everyNth = everyNth;
    this.isLate = isLate;
    this.governor = governor;
    this.firstIterations = engine.estimator().iterations();
    this.mostIterations = firstIterations;
    this.deadlineNanos = governor == null ? 0 : governor.deadlineNanos();
    this.counters = counters;
  }

  /** Changes what may change, from the next stack on. */
  void use(LiveSettings settings) {
    LiveSettings before = used;
    used = settings;
    everyNth = settings.everyNth();
    if (before == null
        || before.isFiltered() != settings.isFiltered()
        || !before.validity().equals(settings.validity())) {
      engine.use(settings.validity(), settings.isFiltered());
    }
    int iterations = iterations(settings);
    if (iterations == mostIterations && settings.deadlineNanos() == deadlineNanos) {
      return;
    }
    mostIterations = iterations;
    deadlineNanos = settings.deadlineNanos();
    engine.estimator().useIterations(iterations);
    governor =
        settings.deadlineNanos() == 0
            ? null
            : new DeadlineGovernor(
                settings.deadlineNanos(),
                engine.estimator().iterationChoices().stream()
                    .filter(choice -> choice <= iterations)
                    .toList());
  }

  private int iterations(LiveSettings settings) {
    return settings.iterations() < 0 ? firstIterations : settings.iterations();
  }

  /**
   * Computes a map of the stack if one is due. Otherwise only runs the frame stage for its new
   * frame, so that the next map costs one frame.
   */
  void process(FocalStack stack) throws InterruptedException {
    DeadlineGovernor held = governor;
    boolean first = !warm;
    if (first) {
      warm = true;
      prepare(stack);
    }
    // The set-up of the first run must not make the first map late; replay skips nothing.
    boolean late = first && isLate.getAsBoolean();
    long due = (long) everyNth * (held == null ? 1 : held.stride());
    if (late || stack.number() - lastMapNumber < due) {
      counters.prepared();
      if (!first) {
        prepare(stack);
      }
      return;
    }
    lastMapNumber = stack.number();
    if (held != null) {
      engine.estimator().useIterations(held.iterations());
    }
    publish(stack, List.of());
  }

  /** Only runs the frame stage for the new frame of a stack, while a request waits for the rest. */
  void prepareFor(FocalStack stack) {
    if (warm) {
      prepare(stack);
    }
  }

  /**
   * Computes a map for requests, due or not. They are answered when every sink is done with it, or
   * when it failed.
   */
  void capture(FocalStack stack, List<CaptureRequests.Request> requests)
      throws InterruptedException {
    warm = true;
    lastMapNumber = stack.number();
    publish(stack, requests);
  }

  private void prepare(FocalStack stack) {
    try {
      engine.estimator().prepare(stack);
    } catch (RuntimeException e) {
      // The same stack would cost a map; the next one may succeed.
      warnings.warn(
          "{}: frame {} was not prepared: {}",
          name,
          stack.reference().sequence(),
          ErrorMessages.of(e));
    }
  }

  private void publish(FocalStack stack, List<CaptureRequests.Request> requests)
      throws InterruptedException {
    boolean asked = !requests.isEmpty();
    try (DepthMap map = asked ? engine.computeAlone(stack) : engine.compute(stack)) {
      if (map == null) {
        counters.mapFailed();
        refuse(requests, "no depth map is free: a sink holds more maps than it may");
        warnings.warn("{}: no depth map is free: a sink holds more maps than it may", name);
        return;
      }
      long latency = engine.finishedNanos() - stack.reference().arrivalNanos();
      // A map on request is not one of the series that the governor steers.
      if (!asked && governor != null && governor.recordMap(latency, engine.computeNanos())) {
        map.info().setDeadlineMissed();
      }
      counters.map(latency, map.info());
      if (asked) {
        answer(requests, map, stack);
      }
      sinks.offer(map);
    } catch (RuntimeException e) {
      // Whatever inference throws costs this map only, and is logged.
      counters.mapFailed();
      refuse(requests, "no depth: " + ErrorMessages.of(e));
      warnings.warn(
          "{}: no depth for frame {}: {}", name, stack.reference().sequence(), ErrorMessages.of(e));
    }
  }

  private static void answer(
      List<CaptureRequests.Request> requests, DepthMap map, FocalStack stack) {
    long sequence = map.info().sequence();
    long stamp = stack.stampNanos();
    long span = stamp - stack.oldestStampNanos();
    int planes = stack.planes();
    double published = map.info().validShare();
    map.follow(
        new MapDelivery(sinks -> {
          if (sinks == 0) {
            refuse(requests, UNDELIVERED);
            return;
          }
          long now = System.nanoTime();
          for (CaptureRequests.Request request : requests) {
            long elapsed = now - request.nanos();
            request
                .answer()
                .complete(
                    new CapturedMap(sequence, stamp, planes, span, elapsed, published, sinks));
          }
        }));
  }

  private static void refuse(List<CaptureRequests.Request> requests, String why) {
    requests.forEach(
        request -> request.answer().completeExceptionally(new IllegalStateException(why)));
  }

  /** Closes the engine; to be called when the stage's thread has ended. */
  @Override
  public void close() {
    engine.close();
  }
}
