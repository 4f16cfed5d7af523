package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthException;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.sweep.FocalStack;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Estimates depth with a model bundle on ONNX Runtime.
 *
 * <p>In the rolling form only frames that are new to the stack run through the per-image stage. If
 * the model has its stack stage in parts, then also only their planes are computed again (see
 * {@link OnnxConfig.PlaneCache}), so the time for a map hardly depends on the number of planes.
 * Images are padded by replication to a size the model accepts, and maps cropped. If no padding is
 * needed, ONNX Runtime writes directly into the map's layers.
 *
 * <p>One thread at a time; {@link #close} waits for a running call. The tensors are kept until the
 * image size or the number of planes changes.
 */
public final class OnnxDepthEstimator implements DepthEstimator {
  private final ModelGraphs graphs;
  private final Manifest manifest;
  private final LongSupplier nanoClock;
  private final boolean ownsGraphs;
  private final List<Integer> choices;
  private volatile int iterations;
  private @Nullable StackTensors tensors;
  private boolean closed;

  private OnnxDepthEstimator(ModelGraphs graphs, LongSupplier nanoClock, boolean ownsGraphs) {
    this.graphs = graphs;
    this.ownsGraphs = ownsGraphs;
    this.choices = graphs.iterations();
    this.iterations = choices.get(choices.size() - 1);
    this.manifest = graphs.bundle().manifest();
    this.nanoClock = nanoClock;
  }

  /**
   * Opens a model's graphs and checks their inputs and outputs against the manifest, and their
   * results against the golden vector.
   *
   * @param iterations one of those exported
   * @param nanoClock monotonic clock that times the stages
   * @throws ModelException if the iterations or the form were not exported, the device is
   *     unavailable, or a check fails
   */
  public static OnnxDepthEstimator open(
      ModelBundle bundle, int iterations, OnnxConfig options, LongSupplier nanoClock)
      throws ModelException {
    return new OnnxDepthEstimator(ModelGraphs.open(bundle, iterations, options), nanoClock, true);
  }

  /**
   * Returns an estimator for another camera on the same graphs, with its own tensors. It must be
   * closed before this one and run on the same thread.
   */
  public OnnxDepthEstimator forAnotherCamera() {
    return new OnnxDepthEstimator(graphs, nanoClock, false);
  }

  /** Opens a model with its default number of iterations. */
  public static OnnxDepthEstimator open(
      ModelBundle bundle, OnnxConfig options, LongSupplier nanoClock) throws ModelException {
    return open(bundle, bundle.manifest().iterations().defaultNumber(), options, nanoClock);
  }

  /**
   * Opens every exported number of iterations up to the one given, so that {@link #useIterations}
   * is immediate. Each of them needs memory for its weights, packed weights and intermediate
   * tensors (docs/measuring.md has figures).
   *
   * @param iterations most iterations per map, and the initial number
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
        manifest.iterations().exported().stream()
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
    return manifest.input().minPlanes();
  }

  @Override
  public int maxPlanes() {
    return manifest.input().maxPlanes();
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

  /** Returns whether maps are computed in 8 bits with the current number of iterations. */
  public boolean isQuantised() {
    return graphs.isQuantised(iterations);
  }

  /** Returns whether an image's features are kept while its frame is in the stack. */
  public boolean isRolling() {
    return graphs.isRolling();
  }

  /** Returns whether only the planes of new frames are computed again. */
  public boolean isPlanewise() {
    return graphs.isPlanewise();
  }

  @Override
  public synchronized void prepare(FocalStack stack) {
    check(stack);
    try {
      tensorsFor(stack).prepare(stack);
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
      StackTensors ready = tensorsFor(stack);
      ready.loadFrames(stack);
      long framed = nanoClock.getAsLong();
      ready.run(graphs.last(iterations), stack, into);
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
            + manifest.about().name()
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

  /** Returns the tensors for the last stack's size, or null before the first. */
  synchronized @Nullable Workspace workspace() {
    StackTensors ready = tensors;
    return ready == null ? null : ready.workspace();
  }

  /** Returns the last graph of the next map. */
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
              + manifest.about().name()
              + " accepts "
              + minPlanes()
              + " to "
              + maxPlanes());
    }
    for (int z = 1; z < stack.planes(); z++) {
      // Ascending doubles may be equal as the floats that the model divides by.
      if (!(stack.position(z) > stack.position(z - 1))) {
        throw new IllegalArgumentException(
            "planes "
                + (z - 1)
                + " and "
                + z
                + " are at "
                + stack.focus(z - 1)
                + " and "
                + stack.focus(z)
                + ", too close for this sweep; expected distinct planes");
      }
    }
  }

  private StackTensors tensorsFor(FocalStack stack) throws OrtException {
    StackTensors ready = tensors;
    if (ready != null && ready.fits(stack)) {
      return ready;
    }
    releaseTensors();
    ready = StackTensors.allocate(graphs, stack);
    tensors = ready;
    return ready;
  }

  private void releaseTensors() {
    StackTensors old = tensors;
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
