package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.sweep.FocalStack;
import java.util.function.LongSupplier;

/** Benchmarks an estimator with post-processing, as the node runs it for every stack. */
public final class EstimatorSubject implements BenchmarkSubject {
  private final String name;
  private final DepthEstimator estimator;
  private final LongSupplier nanoClock;
  private final DepthPostProcessor metric = new DepthPostProcessor(ValidityThresholds.DEFAULT);
  private final DepthMapPool maps = new DepthMapPool(1);

  /**
   * @param name the key in the report
   * @param estimator closed with this
   */
  public EstimatorSubject(String name, DepthEstimator estimator, LongSupplier nanoClock) {
    this.name = name;
    this.estimator = estimator;
    this.nanoClock = nanoClock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ModelIdentity model() {
    return estimator.model();
  }

  @Override
  public String executionProvider() {
    return estimator.executionProvider();
  }

  @Override
  public void run(FocalStack stack, SubjectStats stats) {
    DepthMap map = maps.tryLease(stack.width(), stack.height());
    if (map == null) {
      throw new IllegalStateException("the map before is still leased");
    }
    try (map) {
      estimator.estimate(stack, map);
      long estimated = nanoClock.getAsLong();
      metric.finish(stack, map);
      stats.recordStage(Stage.FRAME, map.info().stageNanos(Stage.FRAME));
      stats.recordStage(Stage.STACK, map.info().stageNanos(Stage.STACK));
      stats.recordStage(Stage.FINISH, nanoClock.getAsLong() - estimated);
    }
  }

  @Override
  public void close() {
    estimator.close();
  }
}
