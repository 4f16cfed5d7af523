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

/** The bare graphs, as a lane of a bench: what an estimator could cost at best. */
final class BareGraphSubject implements BenchmarkSubject {
  private final BareModel bare;

  private BareGraphSubject(BareModel bare) {
    this.bare = bare;
  }

  /** Opens the graphs; their inputs stay what the stack gives. */
  static BareGraphSubject open(ModelBundle bundle, int iterations, OnnxConfig options, FocalStack stack)
      throws ModelException {
    return new BareGraphSubject(BareModel.open(bundle, iterations, options, stack));
  }

  @Override
  public String name() {
    return "bareOrt";
  }

  @Override
  public ModelIdentity model() {
    return bare.model();
  }

  @Override
  public String executionProvider() {
    return bare.executionProvider();
  }

  @Override
  public void run(FocalStack stack, SubjectStats stats) {
    long begun = System.nanoTime();
    bare.frameStage();
    long framed = System.nanoTime();
    bare.stackStage();
    stats.stage(Stage.FRAME, framed - begun);
    stats.stage(Stage.STACK, System.nanoTime() - framed);
  }

  @Override
  public void close() {
    bare.close();
  }
}
