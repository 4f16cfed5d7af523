package io.github.rackfocus.cli;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.eval.BenchLane;
import io.github.rackfocus.eval.LaneStats;
import io.github.rackfocus.onnx.BareModel;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.OnnxOptions;
import io.github.rackfocus.sweep.FocalStack;

/** The bare graphs, as a lane of a bench: what an estimator could cost at best. */
final class BareLane implements BenchLane {
  private final BareModel bare;

  private BareLane(BareModel bare) {
    this.bare = bare;
  }

  /** Opens the graphs; their inputs stay what the stack gives. */
  static BareLane open(ModelBundle bundle, int iterations, OnnxOptions options, FocalStack stack)
      throws ModelException {
    return new BareLane(BareModel.open(bundle, iterations, options, stack));
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
  public void run(FocalStack stack, LaneStats stats) {
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
