package io.github.rackfocus.eval;

import io.github.rackfocus.common.OutputFiles;
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
 * Runs models on whole stacks and evaluates their depth maps.
 *
 * <p>Every run uses new frames, so that the time covers the frame stage of all planes and the stack
 * stage; it is the median of {@code repeats} runs after a warm-up. The time of a rolling update,
 * with one new frame, is measured as well. Not thread-safe.
 */
public final class StackEvaluator {
  private final boolean validOnly;
  private final int repeats;
  private final LongSupplier nanoClock;
  private final FramePool frames = new FramePool(FocusAxis.MAX_PLANES + 1);
  private final DepthPostProcessor postProcessor =
      new DepthPostProcessor(ValidityThresholds.DEFAULTS);
  private long nextSequence;

  /**
   * @param validOnly whether to evaluate only the pixels whose depth would be published
   * @param repeats timed runs per stack, at least 1
   * @param nanoClock monotonic time, nanoseconds
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
   * @param pfm file for the depth of every pixel, whatever its validity; null to write none
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the model does not support the stack; says why
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
        OutputFiles.write(pfm, new Pfm(stack.width(), stack.height(), depth)::write);
      }
      StackResult result = result(model, stack, map, depth, median(millis));
      result.scores().with(Metric.ROLLING_MILLIS, rolling);
      return result;
    }
  }

  /** Returns the median time of a rolling update, with one new frame. */
  private double rollingMillis(DepthEngine engine, EvaluationStack stack) {
    double[] millis = new double[repeats];
    try (RollingStackPlayer player = new RollingStackPlayer(stack, frames, nextSequence)) {
      try (FocalStack first = player.current()) {
        map(engine, first).close();
      }
      for (int i = 0; i < repeats; i++) {
        try (FocalStack shown = player.next()) {
          map(engine, shown).close();
          millis[i] = engine.estimateNanos() * 1e-6;
        }
      }
      nextSequence = player.nextSequence();
    }
    return median(millis);
  }

  /** Computes the map of the stack as if all its frames were new. */
  private DepthMap compute(DepthEngine engine, EvaluationStack stack) {
    try (FocalStack shown = stack.lease(frames, nextSequence)) {
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

  private StackResult result(
      DepthEstimator model, EvaluationStack stack, DepthMap map, float[] depth, double millis) {
    float[] truth = stack.truth().map(Pfm::values).orElseGet(() -> new float[depth.length]);
    float[] evaluated = validOnly ? onlyValid(map, depth) : depth;
    DepthMetrics metrics = DepthMetrics.of(evaluated, truth, stack.axis());
    Reliability reliability = new Reliability();
    Scores scores =
        metrics
            .scores()
            .withAll(confidence(map, evaluated, truth, stack.axis(), reliability))
            .with(Metric.PUBLISHED, map.info().validShare())
            .with(Metric.MILLIS, millis);
    return new StackResult(
        stack.info(),
        new StackResult.ModelRun(model.model(), model.executionProvider(), model.iterations()),
        metrics.pixels(),
        map.info().validShare(),
        scores,
        reliability);
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
   * Scores confidence and expected error against the errors in planes. If the truth is known only
   * up to scale and offset, both errors are taken after the affine fit.
   */
  private static Scores confidence(
      DepthMap map, float[] evaluated, float[] truth, FocusAxis axis, Reliability reliability) {
    FocusScale scale = axis.scale();
    int pixels = evaluated.length;
    double[] truePlanes = truePlanes(truth, axis, pixels);
    double[] values = new double[pixels];
    double[] truths = new double[pixels];
    int[] at = new int[pixels];
    int count = 0;
    for (int i = 0; i < pixels; i++) {
      if (!Double.isNaN(truePlanes[i]) && !Float.isNaN(evaluated[i])) {
        values[count] = axis.planesAt(scale.focusAt(evaluated[i], 0));
        truths[count] = truePlanes[i];
        at[count++] = i;
      }
    }
    AffineFit fit =
        scale.isMetric() || count == 0 ? new AffineFit(1, 0) : AffineFit.of(values, truths, count);
    boolean[] nearSteps = DepthSteps.near(truePlanes, map.width());
    StepErrors steps = new StepErrors();
    double planesOfAxis = Math.abs(fit.slope()) * (axis.planes() - 1);
    ConfidenceScores scores = new ConfidenceScores(count);
    int published = 0;
    int off = 0;
    for (int n = 0; n < count; n++) {
      double error = Math.abs(fit.predict(values[n]) - truths[n]);
      steps.add(nearSteps[at[n]], error);
      if (map.validity().get(at[n]) == Validity.VALID.code()) {
        published++;
        off += error > 1 ? 1 : 0;
      }
      reliability.add(map.confidence().get(at[n]), error <= 1);
      scores.add(error, map.error().get(at[n]) * planesOfAxis, map.confidence().get(at[n]));
    }
    return scores
        .scores()
        .withAll(steps.scores())
        .with(Metric.OFF_BY_PLANE, published == 0 ? Double.NaN : (double) off / published);
  }

  private static double[] truePlanes(float[] truth, FocusAxis axis, int pixels) {
    double[] planes = new double[pixels];
    for (int i = 0; i < pixels; i++) {
      planes[i] =
          DepthMetrics.isKnown(truth[i], axis.scale())
              ? axis.planesAt(axis.scale().focusAt(truth[i], 0))
              : Double.NaN;
    }
    return planes;
  }

  /** Sums of the errors near depth steps and elsewhere. */
  private static final class StepErrors {
    private double near;
    private double elsewhere;
    private int nearCount;
    private int elsewhereCount;
    private int off;

    void add(boolean nearStep, double error) {
      off += error > 1 ? 1 : 0;
      if (nearStep) {
        near += error;
        nearCount++;
      } else {
        elsewhere += error;
        elsewhereCount++;
      }
    }

    /** Returns the means; NaN where there is no such pixel. */
    Scores scores() {
      return new Scores()
          .with(Metric.NEAR_STEPS, near / nearCount)
          .with(Metric.OFF_STEPS, elsewhere / elsewhereCount)
          .with(Metric.ALL_OFF_BY_PLANE, (double) off / (nearCount + elsewhereCount));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
