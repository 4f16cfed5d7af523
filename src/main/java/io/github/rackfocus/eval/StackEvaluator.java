package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs models on whole stacks and judges what they make of them.
 *
 * <p>A model sees all frames of a stack at once, nothing is skipped, and every showing is new to
 * it: the time stated is that of all planes and the stack, the median of {@code repeats} showings
 * after one that is not timed. Beside it stands the time of a rolling update, where one frame is
 * new and the others are as they were. For one thread.
 */
public final class StackEvaluator {
  private final boolean validOnly;
  private final int repeats;
  private final LongSupplier nanoClock;
  private final FramePool frames = new FramePool(FocusAxis.MAX_PLANES + 1);
  private final DepthPostProcessor postProcessor =
      new DepthPostProcessor(ValidityThresholds.DEFAULT);
  private long nextSequence;

  /**
   * @param validOnly judge only the pixels whose depth would be published
   * @param repeats timed showings of a stack, at least 1
   * @param nanoClock monotonic, nanoseconds
   */
  public StackEvaluator(boolean validOnly, int repeats, LongSupplier nanoClock) {
    if (repeats < 1) {
      throw new IllegalArgumentException("repeats is " + repeats + "; expected 1 or more");
    }
    this.validOnly = validOnly;
    this.repeats = repeats;
    this.nanoClock = nanoClock;
  }

  /**
   * Runs a model on a stack.
   *
   * @param pfm where the depth of every pixel is written, whatever its validity; null nowhere
   * @throws IOException if the file can't be written
   * @throws IllegalArgumentException if the model can't take the stack; says why
   */
  public StackResult evaluate(DepthEstimator model, EvaluationStack stack, @Nullable Path pfm)
      throws IOException {
    // Not closed here: the model is the caller's.
    DepthEngine engine = new DepthEngine(model, postProcessor, 1, nanoClock);
    double rolling = rollingMillis(engine, stack);
    double[] millis = new double[repeats];
    compute(engine, stack).close();
    for (int i = 0; i < repeats - 1; i++) {
      compute(engine, stack).close();
      millis[i] = engine.estimateNanos() * 1e-6;
    }
    try (DepthMap map = compute(engine, stack)) {
      millis[repeats - 1] = engine.estimateNanos() * 1e-6;
      float[] depth = depthOfEveryPixel(map, stack.axis());
      if (pfm != null) {
        new Pfm(stack.width(), stack.height(), depth).write(pfm);
      }
      StackResult result = judge(model, stack, map, depth, median(millis));
      result.scores().with(Metric.ROLLING_MILLIS, rolling);
      return result;
    }
  }

  /** Median time of a map when one frame of the stack is new. */
  private double rollingMillis(DepthEngine engine, EvaluationStack stack) {
    double[] millis = new double[repeats];
    try (RollingStackPlayer show = new RollingStackPlayer(stack, frames, nextSequence)) {
      try (FocalStack first = show.current()) {
        map(engine, first).close();
      }
      for (int i = 0; i < repeats; i++) {
        try (FocalStack shown = show.next()) {
          map(engine, shown).close();
          millis[i] = engine.estimateNanos() * 1e-6;
        }
      }
      nextSequence = show.nextSequence();
    }
    return median(millis);
  }

  /** Computes the map of the stack as if all its frames were new. */
  private DepthMap compute(DepthEngine engine, EvaluationStack stack) {
    try (FocalStack shown = stack.show(frames, nextSequence)) {
      nextSequence += stack.planes();
      return map(engine, shown);
    }
  }

  private static DepthMap map(DepthEngine engine, FocalStack stack) {
    DepthMap map = engine.compute(stack);
    if (map == null) {
      throw new IllegalStateException("an evaluator is for one thread");
    }
    return map;
  }

  private static float[] depthOfEveryPixel(DepthMap map, FocusAxis axis) {
    float[] depth = new float[map.pixels()];
    for (int i = 0; i < depth.length; i++) {
      depth[i] = (float) axis.scale().depthAt(axis.focusAt(map.position().get(i)), 0);
    }
    return depth;
  }

  private StackResult judge(
      DepthEstimator model, EvaluationStack stack, DepthMap map, float[] depth, double millis) {
    float[] truth = stack.truth().map(Pfm::values).orElseGet(() -> new float[depth.length]);
    float[] judged = validOnly ? onlyValid(map, depth) : depth;
    DepthMetrics metrics = DepthMetrics.of(judged, truth, stack.axis());
    Scores scores =
        metrics
            .scores()
            .withAll(confidence(map, judged, truth, stack.axis()))
            .with(Metric.MILLIS, millis);
    return new StackResult(
        stack.name(),
        stack.unit(),
        stack.planes(),
        stack.width(),
        stack.height(),
        stack.inputSha256(),
        stack.noise(),
        model.model(),
        model.executionProvider(),
        model.iterations(),
        metrics.known(),
        metrics.judged(),
        metrics.atInfinity(),
        map.info().validShare(),
        scores);
  }

  private static float[] onlyValid(DepthMap map, float[] depth) {
    float[] valid = depth.clone();
    for (int i = 0; i < valid.length; i++) {
      if (map.validity().get(i) != Validity.VALID.code()) {
        valid[i] = Float.NaN;
      }
    }
    return valid;
  }

  /**
   * Errors in planes beside confidence and stated error. Where the truth is only known up to scale
   * and offset, both are seen through the affine fit.
   */
  private static Scores confidence(DepthMap map, float[] judged, float[] truth, FocusAxis axis) {
    FocusScale scale = axis.scale();
    int pixels = judged.length;
    double[] values = new double[pixels];
    double[] truths = new double[pixels];
    int[] at = new int[pixels];
    int count = 0;
    for (int i = 0; i < pixels; i++) {
      if (DepthMetrics.isKnown(truth[i], scale) && !Float.isNaN(judged[i])) {
        values[count] = axis.planesAt(scale.focusAt(judged[i], 0));
        truths[count] = axis.planesAt(scale.focusAt(truth[i], 0));
        at[count++] = i;
      }
    }
    AffineFit fit =
        scale.isMetric() || count == 0 ? new AffineFit(1, 0) : AffineFit.of(values, truths, count);
    double planesOfAxis = Math.abs(fit.slope()) * (axis.planes() - 1);
    ConfidenceScores scores = new ConfidenceScores(count);
    for (int n = 0; n < count; n++) {
      scores.add(
          Math.abs(fit.at(values[n]) - truths[n]),
          map.error().get(at[n]) * planesOfAxis,
          map.confidence().get(at[n]));
    }
    return scores.scores();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
