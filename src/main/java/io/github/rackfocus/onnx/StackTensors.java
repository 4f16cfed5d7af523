package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import org.jspecify.annotations.Nullable;

/**
 * The tensors for stacks of one size: loads frames into them, each through the per-image stage
 * once, and runs the stack stage. Images are padded by replication to a size the model accepts, and
 * maps cropped. Not thread-safe.
 */
final class StackTensors implements AutoCloseable {
  // values() allocates an array at every call.
  private static final Output[] OUTPUTS = Output.values();

  private final int planes;
  private final PlanePadding padding;
  private final PlanePadding.Scratch scratch;
  private final Workspace workspace;
  private final LoadedFrames loaded;
  private final PinnedMaps maps;
  private final @Nullable PinnedOutputs padded;

  private StackTensors(
      ModelGraphs graphs,
      int planes,
      PlanePadding padding,
      Workspace workspace,
      @Nullable PinnedOutputs padded) {
    this.planes = planes;
    this.padding = padding;
    this.scratch = padding.scratch();
    this.workspace = workspace;
    this.loaded = new LoadedFrames(planes);
    this.maps = new PinnedMaps(graphs.environment());
    this.padded = padded;
  }

  /** Allocates tensors for stacks of the size of one. */
  static StackTensors allocate(ModelGraphs graphs, FocalStack stack) throws OrtException {
    PlanePadding padding =
        PlanePadding.of(graphs.bundle().manifest(), stack.height(), stack.width());
    int planes = stack.planes();
    checkMemory(graphs, planes, padding, stack.reference().hasColour());
    Workspace workspace = graphs.workspace(planes, padding.paddedHeight(), padding.paddedWidth());
    try {
      warmUp(graphs, workspace, planes, padding);
      PinnedOutputs padded = padding.isNone() ? null : paddedOutputs(graphs, padding);
      return new StackTensors(graphs, planes, padding, workspace, padded);
    } catch (OrtException | RuntimeException e) {
      workspace.close();
      throw e;
    }
  }

  private static void checkMemory(
      ModelGraphs graphs, int planes, PlanePadding padding, boolean inColour) {
    long pixels = (long) padding.paddedHeight() * padding.paddedWidth();
    MemoryNeed.check(
        planes
            + " planes of "
            + padding.width()
            + " x "
            + padding.height()
            + " with "
            + graphs.bundle().manifest().about().name(),
        planes,
        pixels,
        graphs.featureBytes(planes, padding.paddedHeight(), padding.paddedWidth()),
        graphs.partBytes(planes, padding.paddedHeight(), padding.paddedWidth()),
        inColour,
        !graphs.provider().isGpu(),
        MemoryNeed.Left.now());
  }

  /**
   * The first run of a size is slow: a GPU chooses and builds its kernels, memory is planned. So
   * each number of iterations runs once before a map waits for it.
   */
  private static void warmUp(
      ModelGraphs graphs, Workspace workspace, int planes, PlanePadding padding)
      throws OrtException {
    if (!graphs.provider().isGpu() && graphs.iterations().size() == 1) {
      return;
    }
    for (int z = 0; z < planes; z++) {
      workspace.focus().put(z, (float) z / (planes - 1));
    }
    workspace.planeWritten(0);
    try (PinnedOutputs unused = paddedOutputs(graphs, padding)) {
      for (int iterations : graphs.iterations()) {
        workspace.run(graphs.last(iterations), planes - 1, unused.tensors());
      }
      workspace.planeWritten(0);
      workspace.refresh();
    }
  }

  private static PinnedOutputs paddedOutputs(ModelGraphs graphs, PlanePadding padding)
      throws OrtException {
    return PinnedOutputs.allocate(
        graphs.environment(), padding.paddedHeight(), padding.paddedWidth());
  }

  /** Returns whether a stack has the size of these tensors. */
  boolean fits(FocalStack stack) {
    return planes == stack.planes()
        && padding.height() == stack.height()
        && padding.width() == stack.width();
  }

  /** Returns the input and intermediate tensors. */
  Workspace workspace() {
    return workspace;
  }

  /** Loads the frames that are new to the stack and runs the per-image stage on them. */
  void loadFrames(FocalStack stack) throws OrtException {
    for (int z = 0; z < stack.planes(); z++) {
      Frame frame = stack.frame(z);
      if (loaded.holds(z, frame)) {
        continue;
      }
      // A frame that replaces a missing neighbour has been through the stage already.
      int same = loaded.find(frame);
      loaded.forget(z);
      if (same >= 0) {
        workspace.copyPlane(same, z);
      } else {
        padding.write(frame.luma(), workspace.luma(), z, scratch);
        workspace.planeWritten(z);
      }
      loaded.put(z, frame);
    }
  }

  /** Loads new frames and computes what else does not need a map. */
  void prepare(FocalStack stack) throws OrtException {
    loadFrames(stack);
    writePositions(stack);
    workspace.refresh();
  }

  private void writePositions(FocalStack stack) {
    for (int z = 0; z < stack.planes(); z++) {
      workspace.focus().put(z, stack.position(z));
    }
  }

  /** Runs the stack stage on the loaded frames and writes the map. */
  void run(OrtSession last, FocalStack stack, DepthMap into) throws OrtException {
    writePositions(stack);
    PinnedOutputs outputs = padded;
    if (outputs == null) {
      workspace.run(last, stack.referencePlane(), maps.of(into).tensors());
      return;
    }
    workspace.run(last, stack.referencePlane(), outputs.tensors());
    for (Output output : OUTPUTS) {
      padding.crop(outputs.buffer(output), output.of(into));
    }
  }

  @Override
  public void close() {
    workspace.close();
    maps.close();
    if (padded != null) {
      padded.close();
    }
  }
}
