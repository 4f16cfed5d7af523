package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.onnx.OnnxOptions.Form;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one form of a model for one number of iterations, checked: their inputs and
 * outputs are the manifest's and they give its golden vector.
 */
final class ModelGraphs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelGraphs.class);

  private final OrtEnvironment environment;
  private final ModelBundle bundle;
  private final int iterations;
  private final Provider provider;
  private final @Nullable OrtSession frameStage;
  private final OrtSession last;
  private double goldenDifference;

  private ModelGraphs(
      OrtEnvironment environment,
      ModelBundle bundle,
      int iterations,
      Provider provider,
      @Nullable OrtSession frameStage,
      OrtSession last) {
    this.environment = environment;
    this.bundle = bundle;
    this.iterations = iterations;
    this.provider = provider;
    this.frameStage = frameStage;
    this.last = last;
  }

  /**
   * Opens and checks graphs on the device that the options name.
   *
   * @throws ModelException if the iterations or the form were not exported, the device can't be
   *     had, or a check fails
   */
  static ModelGraphs open(ModelBundle bundle, int iterations, OnnxOptions options)
      throws ModelException {
    bundle.requireIterations(iterations);
    Device device = options.device();
    if (device.kind() == Device.Kind.CPU) {
      return openOnCpu(bundle, iterations, options, "CPU");
    }
    try {
      return openOn(bundle, iterations, options, Provider.cuda(device.index()));
    } catch (CudaException e) {
      if (device.kind() == Device.Kind.CUDA) {
        throw new ModelException(
            "device " + device + " can't be had: " + e.getMessage() + "; " + e.advice(), e);
      }
      LOG.info(
          "inference runs on the CPU, CUDA is not to be had: {}; {}", e.getMessage(), e.advice());
      return openOnCpu(
          bundle, iterations, options, "CPU (CUDA not to be had: " + e.getMessage() + ")");
    }
  }

  private static ModelGraphs openOnCpu(
      ModelBundle bundle, int iterations, OnnxOptions options, String description)
      throws ModelException {
    try {
      return openOn(bundle, iterations, options, Provider.cpu(description));
    } catch (CudaException e) {
      throw new ModelException("CUDA failed where none was asked for: " + e.getMessage(), e);
    }
  }

  private static ModelGraphs openOn(
      ModelBundle bundle, int iterations, OnnxOptions options, Provider provider)
      throws ModelException, CudaException {
    Manifest manifest = bundle.manifest();
    boolean rolling = isRolling(bundle, iterations, options.form(), provider);
    String lastGraph = rolling ? Manifest.stackGraph(iterations) : Manifest.fullGraph(iterations);
    OrtSession frame = null;
    OrtSession last = null;
    ModelGraphs graphs = null;
    try {
      if (rolling) {
        frame = OrtSessions.open(bundle.file(Manifest.FRAME_GRAPH), options, provider);
      }
      last = OrtSessions.open(bundle.file(lastGraph), options, provider);
      graphs = new ModelGraphs(OrtLoader.environment(), bundle, iterations, provider, frame, last);
      graphs.checkSignatures(manifest);
      graphs.goldenDifference = GoldenCheck.run(graphs);
      return graphs;
    } catch (ModelException | CudaException | RuntimeException e) {
      close(graphs, frame, last);
      throw e;
    } catch (OrtException e) {
      close(graphs, frame, last);
      if (provider.isCuda()) {
        throw new CudaException(e);
      }
      throw new ModelException(
          bundle.file(lastGraph) + ": ONNX Runtime can't run it: " + CudaException.firstLine(e), e);
    }
  }

  private static boolean isRolling(ModelBundle bundle, int iterations, Form form, Provider provider)
      throws ModelException {
    Manifest manifest = bundle.manifest();
    boolean hasRolling = manifest.twoStage() != null;
    boolean hasFull = manifest.hasFull(iterations);
    if (form == Form.ROLLING && !hasRolling) {
      throw new ModelException(bundle.manifestFile() + ": has no twoStage; form rolling needs it");
    }
    if (form == Form.FULL && !hasFull) {
      throw new ModelException(
          bundle.manifestFile()
              + ": files has no "
              + Manifest.fullGraph(iterations)
              + "; form full needs it");
    }
    return switch (form) {
      case ROLLING -> true;
      case FULL -> false;
      case AUTO -> hasRolling && !(provider.isCuda() && hasFull);
    };
  }

  private void checkSignatures(Manifest manifest) throws ModelException, OrtException {
    TwoStage form = manifest.twoStage();
    if (frameStage == null || form == null) {
      new GraphSignature(bundle.file(Manifest.fullGraph(iterations)))
          .input("stack", "1 Z H W")
          .input("focus", "1 Z")
          .optionalIndex("reference")
          .allOutputs()
          .check(last);
      return;
    }
    new GraphSignature(bundle.file(Manifest.FRAME_GRAPH))
        .input("image", "1 1 H W")
        .output("features", "1 " + form.channels() + " h w")
        .check(frameStage);
    GraphSignature stack =
        new GraphSignature(bundle.file(Manifest.stackGraph(iterations)))
            .input("features", "Z " + form.channels() + " h w")
            .input("focus", "1 Z")
            .allOutputs();
    if (form.luma() != Luma.NONE) {
      stack.input("luma", form.luma() == Luma.STACK ? "Z 1 H W" : "1 1 H W");
    }
    stack.check(last);
  }

  /** Tensors for stacks of a size that is padded already; the caller closes it before this. */
  Workspace workspace(int planes, int height, int width) throws OrtException {
    TwoStage form = bundle.manifest().twoStage();
    return frameStage == null || form == null
        ? new FullWorkspace(environment, last, planes, height, width)
        : new RollingWorkspace(environment, frameStage, last, form, planes, height, width);
  }

  OrtEnvironment environment() {
    return environment;
  }

  ModelBundle bundle() {
    return bundle;
  }

  int iterations() {
    return iterations;
  }

  Provider provider() {
    return provider;
  }

  /** Whether an image's features are kept. */
  boolean isRolling() {
    return frameStage != null;
  }

  /** Greatest difference from the golden vector when it was checked. */
  double goldenDifference() {
    return goldenDifference;
  }

  /** The graphs, for reports. */
  String names() {
    return isRolling()
        ? Manifest.FRAME_GRAPH + " + " + Manifest.stackGraph(iterations)
        : Manifest.fullGraph(iterations);
  }

  private static void close(
      @Nullable ModelGraphs graphs, @Nullable OrtSession frame, @Nullable OrtSession last) {
    if (graphs != null) {
      graphs.close();
      return;
    }
    closeSession(frame);
    closeSession(last);
  }

  private static void closeSession(@Nullable OrtSession session) {
    if (session == null) {
      return;
    }
    try {
      session.close();
    } catch (OrtException e) {
      LOG.warn("an ONNX Runtime session could not be closed: {}", CudaException.firstLine(e));
    }
  }

  @Override
  public void close() {
    closeSession(frameStage);
    closeSession(last);
  }
}
