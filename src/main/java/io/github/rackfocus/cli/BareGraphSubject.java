package io.github.rackfocus.cli;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.eval.BenchmarkSubject;
import io.github.rackfocus.eval.SubjectStats;
import io.github.rackfocus.onnx.BareModel;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.sweep.FocalStack;

/** Benchmarks a model's graphs alone: a lower bound for the cost of an estimator. */
final class BareGraphSubject implements BenchmarkSubject {
  private final BareModel model;

  private BareGraphSubject(BareModel model) {
    this.model = model;
  }

  /** Opens the graphs; every run uses the given stack as input. */
  static BareGraphSubject open(
      ModelBundle bundle, int iterations, OnnxConfig config, FocalStack stack)
      throws ModelException {
    return new BareGraphSubject(BareModel.open(bundle, iterations, config, stack));
  }

  @Override
  public String name() {
    return "bareOrt";
  }

  @Override
  public ModelIdentity model() {
    return model.model();
  }

  @Override
  public String executionProvider() {
    return model.executionProvider();
  }

  @Override
  public void run(FocalStack stack, SubjectStats stats) {
    long startNanos = System.nanoTime();
    model.frameStage();
    long frameNanos = System.nanoTime();
    model.stackStage();
    stats.recordStage(Stage.FRAME, frameNanos - startNanos);
    stats.recordStage(Stage.STACK, System.nanoTime() - frameNanos);
  }

  @Override
  public void close() {
    model.close();
  }
}
