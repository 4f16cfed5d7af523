package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthException;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Estimates depth with a model bundle on ONNX Runtime.
 *
 * <p>In the rolling form only frames that are new to the stack run through the per-image stage, so
 * that a map costs one image and one stack stage however many planes there are. Images are padded
 * by replication to what the model takes, and maps cropped. Where no padding is needed, ONNX
 * Runtime writes straight into the map's planes.
 *
 * <p>One thread at a time; {@link #close} waits for a call that runs. Memory of a stack's tensors
 * is kept until the size or number of planes changes.
 */
public final class OnnxDepthEstimator implements DepthEstimator {
  // values() makes a new array at every call.
  private static final Output[] OUTPUTS = Output.values();

  private final ModelGraphs graphs;
  private final Manifest manifest;
  private final LongSupplier nanoClock;
  private final boolean ownsGraphs;
  private final List<Integer> choices;
  private volatile int iterations;
  private @Nullable Tensors tensors;
  private boolean closed;

  /** What stands ready for stacks of one size. */
  private record Tensors(
      int planes,
      PlanePadding padding,
      PlanePadding.Scratch scratch,
      Workspace workspace,
      PlaneCache cache,
      PinnedMaps maps,
      @Nullable PinnedOutputs padded) {

    boolean fits(FocalStack stack) {
      return planes == stack.planes()
          && padding.height() == stack.height()
          && padding.width() == stack.width();
    }

    void close() {
      workspace.close();
      maps.close();
      if (padded != null) {
        padded.close();
      }
    }
  }

  private OnnxDepthEstimator(ModelGraphs graphs, LongSupplier nanoClock, boolean ownsGraphs) {
    this.graphs = graphs;
    this.ownsGraphs = ownsGraphs;
    this.choices = graphs.iterations();
    this.iterations = choices.get(choices.size() - 1);
    this.manifest = graphs.bundle().manifest();
    this.nanoClock = nanoClock;
  }

  /**
   * Opens a model's graphs and checks them: inputs and outputs against the manifest, and the golden
   * vector.
   *
   * @param iterations one of those exported
   * @param nanoClock monotonic, for the times of the stages
   * @throws ModelException in one sentence, if the iterations or the form were not exported, the
   *     device can't be had, or a check fails
   */
  public static OnnxDepthEstimator open(
      ModelBundle bundle, int iterations, OnnxConfig options, LongSupplier nanoClock)
      throws ModelException {
    return new OnnxDepthEstimator(ModelGraphs.open(bundle, iterations, options), nanoClock, true);
  }

  /**
   * An estimator for another camera on the same graphs, with memory of its own for what it keeps of
   * that camera's frames. It must be closed before this one, and run on the same thread.
   */
  public OnnxDepthEstimator forAnotherCamera() {
    return new OnnxDepthEstimator(graphs, nanoClock, false);
  }

  /** The same with the model's default number of iterations. */
  public static OnnxDepthEstimator open(
      ModelBundle bundle, OnnxConfig options, LongSupplier nanoClock) throws ModelException {
    return open(bundle, bundle.manifest().defaultIterations(), options, nanoClock);
  }

  /**
   * Opens every number of iterations that was exported, up to the one given, so that {@link
   * #useIterations} costs nothing. Each further one takes the memory of its weights, its packed
   * weights and its intermediate tensors (docs/measuring.md has figures).
   *
   * @param iterations most that a map gets, and what it gets until told otherwise
   * @throws ModelException as {@link #open}
   */
  public static OnnxDepthEstimator openSwitchable(
      ModelBundle bundle, int iterations, OnnxConfig options, LongSupplier nanoClock)
      throws ModelException {
    bundle.requireIterations(iterations);
    Manifest manifest = bundle.manifest();
    boolean quantised =
        options.precision() != OnnxConfig.Precision.FP32 && manifest.isQuantised(iterations);
    List<Integer> choices =
        manifest.iterations().stream()
            .filter(k -> k <= iterations)
            // Fewer iterations in fp32 may take longer than more in 8 bits.
            .filter(k -> !quantised || manifest.isQuantised(k))
            .toList();
    return new OnnxDepthEstimator(ModelGraphs.open(bundle, choices, options), nanoClock, true);
  }

  @Override
  public ModelIdentity model() {
    return graphs.bundle().identity();
  }

  @Override
  public String executionProvider() {
    return graphs.provider().description();
  }

  @Override
  public int minPlanes() {
    return manifest.minPlanes();
  }

  @Override
  public int maxPlanes() {
    return manifest.maxPlanes();
  }

  @Override
  public int iterations() {
    return iterations;
  }

  @Override
  public List<Integer> iterationChoices() {
    return choices;
  }

  @Override
  public void useIterations(int number) {
    if (number != iterations) {
      graphs.last(number);
      iterations = number;
    }
  }

  /** Whether the maps with so many iterations are computed in 8 bits. */
  public boolean isQuantised() {
    return graphs.isQuantised(iterations);
  }

  /** Whether an image's features are kept while its frame is in the stack. */
  public boolean isRolling() {
    return graphs.isRolling();
  }

  @Override
  public synchronized void prepare(FocalStack stack) {
    check(stack);
    try {
      takeFrames(tensorsFor(stack), stack);
    } catch (OrtException e) {
      throw failed(stack, e);
    }
  }

  @Override
  public synchronized void estimate(FocalStack stack, DepthMap into) {
    check(stack);
    into.checkSize(stack.width(), stack.height());
    try {
      long start = nanoClock.getAsLong();
      Tensors ready = tensorsFor(stack);
      takeFrames(ready, stack);
      long framed = nanoClock.getAsLong();
      runStack(ready, stack, into);
      DepthInfo info = into.info();
      info.recordStage(Stage.FRAME, framed - start);
      info.recordStage(Stage.STACK, nanoClock.getAsLong() - framed);
    } catch (OrtException e) {
      throw failed(stack, e);
    }
  }

  private DepthException failed(FocalStack stack, OrtException e) {
    return new DepthException(
        "inference of "
            + manifest.name()
            + " failed on "
            + executionProvider()
            + " for "
            + stack.planes()
            + " planes of "
            + stack.width()
            + " x "
            + stack.height()
            + ": "
            + GpuException.firstLine(e),
        e);
  }

  /** The tensors of the last stack's size, or null before the first. */
  synchronized @Nullable Workspace workspace() {
    Tensors ready = tensors;
    return ready == null ? null : ready.workspace();
  }

  /** The graph that the next map ends with. */
  OrtSession lastStage() {
    return graphs.last(iterations);
  }

  private void check(FocalStack stack) {
    if (closed) {
      throw new IllegalStateException("the estimator is closed");
    }
    if (stack.planes() < minPlanes() || stack.planes() > maxPlanes()) {
      throw new IllegalArgumentException(
          "the stack has "
              + stack.planes()
              + " planes; "
              + manifest.name()
              + " takes "
              + minPlanes()
              + " to "
              + maxPlanes());
    }
    for (int z = 1; z < stack.planes(); z++) {
      // Ascending as doubles does not mean ascending as the floats that the model divides by.
      if (!(stack.position(z) > stack.position(z - 1))) {
        throw new IllegalArgumentException(
            "planes "
                + (z - 1)
                + " and "
                + z
                + " lie at "
                + stack.focus(z - 1)
                + " and "
                + stack.focus(z)
                + ", too close for this sweep; expected planes that differ");
      }
    }
  }

  private Tensors tensorsFor(FocalStack stack) throws OrtException {
    Tensors ready = tensors;
    if (ready != null && ready.fits(stack)) {
      return ready;
    }
    releaseTensors();
    ready = makeTensors(stack);
    tensors = ready;
    return ready;
  }

  private Tensors makeTensors(FocalStack stack) throws OrtException {
    PlanePadding padding = PlanePadding.of(manifest, stack.height(), stack.width());
    int planes = stack.planes();
    Workspace workspace = graphs.workspace(planes, padding.paddedHeight(), padding.paddedWidth());
    try {
      warmUp(workspace, planes, padding);
      PinnedOutputs padded =
          padding.isNone()
              ? null
              : PinnedOutputs.allocate(
                  graphs.environment(), padding.paddedHeight(), padding.paddedWidth());
      PinnedMaps maps = new PinnedMaps(graphs.environment());
      return new Tensors(
          planes, padding, padding.scratch(), workspace, new PlaneCache(planes), maps, padded);
    } catch (OrtException | RuntimeException e) {
      workspace.close();
      throw e;
    }
  }

  /**
   * The first run of a size is slow: a GPU chooses and builds its kernels, memory is planned. It is
   * done once for each number of iterations before any map waits for it.
   */
  private void warmUp(Workspace workspace, int planes, PlanePadding padding) throws OrtException {
    if (!graphs.provider().isGpu() && choices.size() == 1) {
      return;
    }
    for (int z = 0; z < planes; z++) {
      workspace.focus().put(z, (float) z / (planes - 1));
    }
    workspace.planeWritten(0);
    try (PinnedOutputs unused =
        PinnedOutputs.allocate(
            graphs.environment(), padding.paddedHeight(), padding.paddedWidth())) {
      for (int choice : choices) {
        workspace.run(graphs.last(choice), planes - 1, unused.tensors());
      }
    }
  }

  private static void takeFrames(Tensors ready, FocalStack stack) throws OrtException {
    PlaneCache cache = ready.cache();
    for (int z = 0; z < stack.planes(); z++) {
      Frame frame = stack.frame(z);
      if (cache.holds(z, frame)) {
        continue;
      }
      // A frame that stands in for a missing neighbour has been through the stage already.
      int same = cache.find(frame);
      cache.forget(z);
      if (same >= 0) {
        ready.workspace().copyPlane(same, z);
      } else {
        ready.padding().write(frame.luma(), ready.workspace().luma(), z, ready.scratch());
        ready.workspace().planeWritten(z);
      }
      cache.put(z, frame);
    }
  }

  private void runStack(Tensors ready, FocalStack stack, DepthMap into) throws OrtException {
    Workspace workspace = ready.workspace();
    for (int z = 0; z < stack.planes(); z++) {
      workspace.focus().put(z, stack.position(z));
    }
    OrtSession last = graphs.last(iterations);
    PinnedOutputs padded = ready.padded();
    if (padded == null) {
      workspace.run(last, stack.referencePlane(), ready.maps().of(into).tensors());
      return;
    }
    workspace.run(last, stack.referencePlane(), padded.tensors());
    for (Output output : OUTPUTS) {
      ready.padding().crop(padded.buffer(output), output.of(into));
    }
  }

  private void releaseTensors() {
    Tensors old = tensors;
    tensors = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      releaseTensors();
      if (ownsGraphs) {
        graphs.close();
      }
    }
  }
}
