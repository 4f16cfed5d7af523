package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.depth.DepthException;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;

/**
 * Runs the graphs of an estimator on their own, as a baseline for benchmarks: one image stage and
 * one stack stage per map (in the full form, its one graph) over pinned tensors. Not thread-safe.
 */
public final class BareModel implements AutoCloseable {
  private final ModelGraphs graphs;
  private final int iterations;
  private final Workspace workspace;
  private final PinnedOutputs outputs;
  private final int planes;
  private int next;

  private BareModel(
      ModelGraphs graphs, int iterations, Workspace workspace, PinnedOutputs outputs, int planes) {
    this.graphs = graphs;
    this.iterations = iterations;
    this.workspace = workspace;
    this.outputs = outputs;
    this.planes = planes;
  }

  /**
   * Opens the graphs and fills their inputs from a stack, once.
   *
   * @throws ModelException as {@link OnnxDepthEstimator#open}
   */
  public static BareModel open(
      ModelBundle bundle, int iterations, OnnxConfig options, FocalStack stack)
      throws ModelException {
    ModelGraphs graphs = ModelGraphs.open(bundle, iterations, options);
    PlanePadding padding = PlanePadding.of(bundle.manifest(), stack.height(), stack.width());
    OrtEnvironment environment = graphs.environment();
    Workspace workspace = null;
    try {
      workspace = graphs.workspace(stack.planes(), padding.paddedHeight(), padding.paddedWidth());
      PlanePadding.Scratch scratch = padding.scratch();
      for (int z = 0; z < stack.planes(); z++) {
        padding.write(stack.frame(z).luma(), workspace.luma(), z, scratch);
        workspace.focus().put(z, stack.position(z));
        workspace.planeWritten(z);
      }
      PinnedOutputs outputs =
          PinnedOutputs.allocate(environment, padding.paddedHeight(), padding.paddedWidth());
      return new BareModel(graphs, iterations, workspace, outputs, stack.planes());
    } catch (OrtException | RuntimeException e) {
      if (workspace != null) {
        workspace.close();
      }
      graphs.close();
      throw new ModelException(bundle.folder() + ": the graphs can't run: " + e, e);
    }
  }

  /** Runs the image stage, if there is one, on the next plane. */
  public void frameStage() {
    next = (next + 1) % planes;
    try {
      workspace.planeWritten(next);
    } catch (OrtException e) {
      throw new DepthException("the image stage failed: " + GpuException.firstLine(e), e);
    }
  }

  /** Runs the stack stage. */
  public void stackStage() {
    try {
      workspace.run(graphs.last(iterations), next, outputs.tensors());
    } catch (OrtException e) {
      throw new DepthException("the stack stage failed: " + GpuException.firstLine(e), e);
    }
  }

  /**
   * Returns the version of ONNX Runtime.
   *
   * @throws ModelException if it can't be loaded
   */
  public static String onnxRuntimeVersion() throws ModelException {
    return OrtLoader.environment().getVersion();
  }

  /** Returns the model. */
  public ModelIdentity model() {
    return graphs.bundle().identity();
  }

  /** Returns where the graphs run. */
  public String executionProvider() {
    return graphs.provider().description();
  }

  @Override
  public void close() {
    workspace.close();
    outputs.close();
    graphs.close();
  }
}
