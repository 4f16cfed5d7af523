package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.Manifest.Golden;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one form of a model, one for each loaded number of iterations, which share the
 * per-image stage. Their inputs and outputs have been checked against the manifest, and their
 * results against its golden vector.
 */
final class ModelGraphs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelGraphs.class);

  private final OrtEnvironment environment;
  private final ModelBundle bundle;
  private final OnnxConfig options;
  private final Provider provider;
  private final boolean rolling;
  private @Nullable OrtSession frameStage;
  private @Nullable PartGraphs parts;
  private final List<PartGraph> heads = new ArrayList<>();
  private final SortedMap<Integer, OrtSession> lastStages = new TreeMap<>();
  private final SortedMap<Integer, Double> goldenDifferences = new TreeMap<>();
  private final Set<Integer> fallenBackToFloat = new HashSet<>();

  private ModelGraphs(ModelBundle bundle, OnnxConfig options, Provider provider, boolean rolling)
      throws ModelException {
    this.environment = OrtLoader.environment();
    this.bundle = bundle;
    this.options = options;
    this.provider = provider;
    this.rolling = rolling;
  }

  /** Opens the graphs for one number of iterations. */
  static ModelGraphs open(ModelBundle bundle, int iterations, OnnxConfig options)
      throws ModelException {
    return open(bundle, List.of(iterations), options);
  }

  /**
   * Opens and checks graphs on the device that the options name.
   *
   * @throws ModelException if the iterations, the form or the precision were not exported, the
   *     device is unavailable, or a check fails
   */
  static ModelGraphs open(ModelBundle bundle, List<Integer> iterations, OnnxConfig options)
      throws ModelException {
    for (int each : iterations) {
      bundle.requireIterations(each);
      GraphChoice.requirePrecision(bundle, each, options);
    }
    Device device = options.device();
    try {
      return openOn(bundle, iterations, options, Provider.of(device));
    } catch (GpuException e) {
      if (device.kind() != Device.Kind.AUTO) {
        throw new ModelException(
            "device " + device + " is unavailable: " + e.getMessage() + "; " + e.advice(), e);
      }
      LOG.info(
          "inference runs on the CPU because CUDA is unavailable: {}; {}",
          e.getMessage(),
          e.advice());
      return openOnCpu(bundle, iterations, options, e);
    }
  }

  private static ModelGraphs openOnCpu(
      ModelBundle bundle, List<Integer> iterations, OnnxConfig options, GpuException why)
      throws ModelException {
    try {
      String description = "CPU (CUDA unavailable: " + why.getMessage() + ")";
      return openOn(bundle, iterations, options, Provider.cpu(description));
    } catch (GpuException e) {
      throw new ModelException("a GPU failed although none was requested: " + e.getMessage(), e);
    }
  }

  private static ModelGraphs openOn(
      ModelBundle bundle, List<Integer> iterations, OnnxConfig options, Provider provider)
      throws ModelException, GpuException {
    boolean rolling = GraphChoice.isRolling(bundle, iterations, options.form(), provider);
    ModelGraphs graphs = new ModelGraphs(bundle, options, provider, rolling);
    try {
      if (rolling) {
        graphs.frameStage = OrtSessions.open(bundle.file(Manifest.FRAME_GRAPH), options, provider);
        graphs.checkFrameStage(graphs.frameStage);
        graphs.openParts(iterations);
      }
      for (int each : iterations) {
        graphs.openLast(each);
      }
      return graphs;
    } catch (ModelException | GpuException | RuntimeException e) {
      graphs.close();
      throw e;
    } catch (OrtException e) {
      graphs.close();
      if (provider.isGpu()) {
        throw new GpuException(provider, e);
      }
      throw new ModelException(
          bundle.folder() + ": ONNX Runtime can't run it: " + GpuException.firstLine(e), e);
    }
  }

  private void openParts(List<Integer> iterations)
      throws ModelException, GpuException, OrtException {
    StageParts layout = bundle.manifest().parts();
    if (layout != null && GraphChoice.isPlanewise(bundle, iterations, options, provider)) {
      parts =
          PartGraphs.open(
              bundle,
              layout,
              twoStage(),
              file -> OrtSessions.open(bundle.file(file), options, provider));
    }
  }

  private void openLast(int iterations) throws ModelException, GpuException, OrtException {
    try {
      openAndCheck(iterations);
    } catch (ModelException e) {
      if (options.precision() != Precision.AUTO || !isQuantised(iterations)) {
        throw e;
      }
      // Processors without 8-bit dot products may saturate.
      LOG.info("{}; it runs in fp32 instead", e.getMessage());
      fallenBackToFloat.add(iterations);
      closeSession(lastStages.remove(iterations));
      openAndCheck(iterations);
    }
  }

  private void openAndCheck(int iterations) throws ModelException, GpuException, OrtException {
    OrtSession last = OrtSessions.open(bundle.file(lastGraph(iterations)), options, provider);
    lastStages.put(iterations, last);
    PartGraphs planewise = parts;
    if (planewise == null) {
      checkLastStage(last, iterations);
    } else {
      heads.add(planewise.head(bundle, last, iterations));
    }
    goldenDifferences.put(iterations, GoldenCheck.run(this, iterations));
  }

  private void checkFrameStage(OrtSession stage) throws ModelException, OrtException {
    new GraphSignature(bundle.file(Manifest.FRAME_GRAPH))
        .input("image", "1 1 H W")
        .output("features", "1 " + twoStage().channels() + " h w")
        .check(stage);
  }

  private void checkLastStage(OrtSession stage, int iterations)
      throws ModelException, OrtException {
    GraphSignature signature =
        new GraphSignature(bundle.file(lastGraph(iterations))).input("focus", "1 Z").allOutputs();
    if (!rolling) {
      signature.input("stack", "1 Z H W").optionalIndex("reference").check(stage);
      return;
    }
    signature.input("features", "Z " + twoStage().channels() + " h w");
    if (twoStage().luma() != Luma.NONE) {
      signature.input("luma", twoStage().luma() == Luma.STACK ? "Z 1 H W" : "1 1 H W");
    }
    signature.check(stage);
  }

  private TwoStage twoStage() {
    TwoStage form = bundle.manifest().twoStage();
    if (form == null) {
      throw new IllegalStateException(bundle.manifestFile() + " has no twoStage");
    }
    return form;
  }

  /** Allocates tensors for stacks of a padded size; the caller closes them before this. */
  Workspace workspace(int planes, int height, int width) throws OrtException {
    OrtSession frame = frameStage;
    if (frame == null) {
      return new FullWorkspace(environment, anyLast(), planes, height, width);
    }
    PartGraphs planewise = parts;
    if (planewise == null) {
      return new RollingWorkspace(environment, frame, twoStage(), planes, height, width);
    }
    return new PlanewiseWorkspace(
        environment,
        frame,
        twoStage(),
        planewise,
        heads,
        options.planeCache(),
        planes,
        height,
        width);
  }

  private OrtSession anyLast() {
    return last(lastStages.firstKey());
  }

  /** Returns the last graph for a number of iterations. */
  OrtSession last(int iterations) {
    OrtSession session = lastStages.get(iterations);
    if (session == null) {
      throw new IllegalArgumentException(
          iterations + " iterations are not loaded; expected one of " + iterations());
    }
    return session;
  }

  /** Returns the loaded numbers of iterations, ascending. */
  List<Integer> iterations() {
    return List.copyOf(lastStages.keySet());
  }

  OrtEnvironment environment() {
    return environment;
  }

  ModelBundle bundle() {
    return bundle;
  }

  Provider provider() {
    return provider;
  }

  /** Returns whether an image's features are kept. */
  boolean isRolling() {
    return rolling;
  }

  /** Returns whether only the planes of new frames are computed again. */
  boolean isPlanewise() {
    return parts != null;
  }

  /** Returns the bytes of the features of all planes, for padded images of a size. */
  long featureBytes(int planes, int height, int width) {
    if (!rolling) {
      return 0;
    }
    TwoStage form = twoStage();
    long pixels = (long) (height / form.downscale()) * (width / form.downscale());
    return Float.BYTES * pixels * form.channels() * planes;
  }

  /** Returns what else is kept between maps. */
  long partBytes(int planes, int height, int width) {
    PartGraphs planewise = parts;
    return planewise == null ? 0 : planewise.parts().bytes(planes, height, width);
  }

  /** Returns what the graphs must compute with a number of iterations. */
  Golden golden(int iterations) {
    return isQuantised(iterations)
        ? bundle.manifest().requireQuantised().golden()
        : bundle.manifest().golden();
  }

  /** Returns the greatest difference allowed from the golden vector. */
  double tolerance(int iterations) {
    Golden golden = golden(iterations);
    if (!provider.isGpu()) {
      return golden.tolerances().cpu();
    }
    return options.gpu().isReduced(provider.kind())
        ? golden.tolerances().reduced()
        : golden.tolerances().cuda();
  }

  /** Returns the greatest difference found from the golden vector. */
  double goldenDifference(int iterations) {
    return goldenDifferences.getOrDefault(iterations, Double.NaN);
  }

  /** Returns whether a number of iterations runs in 8 bits. */
  boolean isQuantised(int iterations) {
    return !fallenBackToFloat.contains(iterations)
        && GraphChoice.isQuantised(bundle, iterations, options.precision(), rolling, provider);
  }

  private String lastGraph(int iterations) {
    if (!rolling) {
      return Manifest.fullGraph(iterations);
    }
    if (isPlanewise()) {
      return Manifest.headGraph(iterations);
    }
    return isQuantised(iterations)
        ? Manifest.quantisedStackGraph(iterations)
        : Manifest.stackGraph(iterations);
  }

  /** Returns the file names of the graphs, for reports. */
  String names(int iterations) {
    StringBuilder names = new StringBuilder();
    if (rolling) {
      names.append(Manifest.FRAME_GRAPH).append(" + ");
    }
    PartGraphs planewise = parts;
    if (planewise != null) {
      for (StageParts.Step step : planewise.parts().steps()) {
        names.append(step.graph()).append(" + ");
      }
    }
    return names.append(lastGraph(iterations)).toString();
  }

  static void closeSession(@Nullable OrtSession session) {
    if (session == null) {
      return;
    }
    try {
      session.close();
    } catch (OrtException e) {
      LOG.warn("an ONNX Runtime session could not be closed: {}", GpuException.firstLine(e));
    }
  }

  @Override
  public void close() {
    closeSession(frameStage);
    PartGraphs planewise = parts;
    if (planewise != null) {
      planewise.close();
    }
    lastStages.values().forEach(ModelGraphs::closeSession);
    lastStages.clear();
  }
}
