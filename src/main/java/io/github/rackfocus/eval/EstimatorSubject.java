package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.sweep.FocalStack;
import java.util.function.LongSupplier;

/** Benchmarks an estimator with post-processing, as the node runs it for every stack. */
public final class EstimatorSubject implements BenchmarkSubject {
  private final String name;
  private final DepthEngine engine;

  /**
   * @param name the key in the report
   * @param estimator closed with this
   */
  public EstimatorSubject(String name, DepthEstimator estimator, LongSupplier nanoClock) {
    this.name = name;
    this.engine =
        new DepthEngine(
            estimator, new DepthPostProcessor(ValidityThresholds.DEFAULTS), 1, nanoClock);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ModelIdentity model() {
    return engine.estimator().model();
  }

  @Override
  public String executionProvider() {
    return engine.estimator().executionProvider();
  }

  @Override
  public void run(FocalStack stack, SubjectStats stats) {
    try (DepthMap map = engine.compute(stack)) {
      if (map == null) {
        throw new IllegalStateException("the previous map is still leased");
      }
      stats.recordStage(Stage.FRAME, map.info().stageNanos(Stage.FRAME));
      stats.recordStage(Stage.STACK, map.info().stageNanos(Stage.STACK));
      stats.recordStage(Stage.FINISH, map.info().stageNanos(Stage.FINISH));
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
