package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.eval.Bench;
import io.github.rackfocus.eval.BenchInput;
import io.github.rackfocus.eval.BenchReport;
import io.github.rackfocus.eval.BenchmarkSubject;
import io.github.rackfocus.eval.EstimatorSubject;
import io.github.rackfocus.eval.GcPauses;
import io.github.rackfocus.eval.Machine;
import io.github.rackfocus.eval.PacedBenchmark;
import io.github.rackfocus.onnx.BareModel;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rackfocus bench}: measures the time, memory and CPU that a depth map costs. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the time, CPU and memory that a depth map costs.",
      "Compares several ways to compute it, in turns on the same stacks of a simulated camera:"
          + " rolling (as the node does: only the new frame and the planes beside it), allPlanes"
          + " (the new frame, and the stack stage of all planes), full (all frames are processed"
          + " for every map), bareOrt (the graphs of the model alone in ONNX"
          + " Runtime) and ddl (the classical baseline). With --rate, also runs the whole node at"
          + " a camera's rate. docs/measuring.md explains how to measure."
    })
final class BenchCommand extends Subcommand {
  private static final List<String> SUBJECTS =
      List.of("rolling", "allPlanes", "full", "bareOrt", "ddl");
  private static final int MAX_PLANES = 64;

  @Option(
      names = "--size",
      split = ",",
      paramLabel = "WxH",
      description = "Image sizes, one run each. Default: ${DEFAULT-VALUE}.")
  private List<String> sizes = List.of("640x480");

  @Option(
      names = "--planes",
      split = ",",
      paramLabel = "Z",
      description = "Focus planes per sweep, one run each. Default: ${DEFAULT-VALUE}.")
  private List<Integer> planes = List.of(10);

  @Option(
      names = "--iterations",
      split = ",",
      paramLabel = "K",
      description = "Refinement iterations, one run each. Default: the model's own default.")
  private List<Integer> iterations = List.of();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "One of 'rackfocus models'. Default: ${DEFAULT-VALUE}.")
  private String model = ModelConfig.DEFAULT_MODEL;

  @Option(
      names = "--subjects",
      split = ",",
      paramLabel = "S",
      description = "What to compare. Default: ${DEFAULT-VALUE}.")
  private List<String> subjects = SUBJECTS;

  /** Former name of {@code --subjects}. */
  @Option(names = "--lanes", split = ",", hidden = true)
  private void setLanes(List<String> lanes) {
    subjects = lanes;
  }

  @Option(
      names = "--maps",
      paramLabel = "N",
      description =
          "Maximum number of maps per subject; 0 for the run at --rate only. Default:"
              + " ${DEFAULT-VALUE}.")
  private int maps = 200;

  @Option(
      names = "--max-seconds",
      paramLabel = "S",
      description =
          "Seconds after which a run ends even with fewer maps. Default: ${DEFAULT-VALUE}.")
  private double maxSeconds = 60;

  @Mixin private ScenarioOptions scenario = new ScenarioOptions();

  @Mixin private BenchInferenceOptions inference = new BenchInferenceOptions();

  @ArgGroup(exclusive = false)
  private PacedOptions paced = new PacedOptions();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all results to a JSON file.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    PrintWriter out = out();
    ModelBundle bundle = ModelLibrary.locate(null).read(model);
    OnnxConfig onnx = inference.applyTo(OnnxConfig.DEFAULTS);
    List<Integer> chosen =
        iterations.isEmpty() ? List.of(bundle.manifest().iterations().defaultNumber()) : iterations;
    Map<String, String> versions = versions(onnx);
    if (scenario.chosen() != null) {
      versions.put("scenario", scenario.orStill().label());
    }
    BenchReport report = new BenchReport(versions);
    printHeader(out, bundle);
    if (maps > 0) {
      try (GcPauses pauses = new GcPauses()) {
        runAll(bundle, onnx, chosen, report, out);
        report.addPauses(pauses);
      }
    }
    if (paced.isEnabled()) {
      runPaced(onnx, chosen.get(0), report, out);
    }
    if (json != null) {
      report.write(json);
    }
    out.flush();
    return 0;
  }

  private void runAll(
      ModelBundle bundle,
      OnnxConfig onnx,
      List<Integer> chosen,
      BenchReport report,
      PrintWriter out)
      throws IOException, InterruptedException {
    for (String text : sizes) {
      ImageSize size = ImageSize.parse(text);
      for (int z : planes) {
        bundle.requirePlanes(z);
        for (int k : chosen) {
          run(bundle, onnx, size, z, k, report);
          report.takeRows().forEach(out::println);
          out.flush();
        }
      }
    }
  }

  private void run(
      ModelBundle bundle, OnnxConfig onnx, ImageSize size, int z, int k, BenchReport report)
      throws IOException, InterruptedException {
    List<BenchmarkSubject> opened = new ArrayList<>();
    try (Progress progress = new Progress("rendering scene " + size);
        BenchInput input =
            new BenchInput(size.width(), size.height(), z, scenario.orStill(), progress::show)) {
      try (FocalStack first = input.next()) {
        for (String subject : subjects) {
          opened.add(open(subject, bundle, onnx, k, first));
        }
      }
      Bench bench = new Bench(opened, System::nanoTime);
      // At least one sweep: until then, some planes pass the frame stage for the first time.
      bench.run(input, 2 * z, maps, maxSeconds);
      boolean quantised =
          onnx.precision() != OnnxConfig.Precision.FP32 && bundle.manifest().isQuantised(k);
      BenchReport.Run run =
          new BenchReport.Run(
              size.width(), size.height(), z, k, quantised ? "int8" : "fp32", input.sha256());
      report.add(run, bench);
    } finally {
      opened.forEach(BenchmarkSubject::close);
    }
  }

  private void runPaced(OnnxConfig onnx, int k, BenchReport report, PrintWriter out)
      throws IOException, InterruptedException {
    ImageSize size = ImageSize.parse(sizes.get(0));
    PacedBenchmark.Config config = paced.config();
    SimulatedCamera camera;
    try (Progress progress = new Progress("rendering scene " + size)) {
      camera =
          Sources.simulated(
              scenario
                  .orStill()
                  .applyTo(
                      SimulatedCameraConfig.DEFAULTS
                          .withSize(size.width(), size.height())
                          .withPlanes(planes.get(0))
                          .withRate(config.rateHz())),
              progress::show);
    }
    AppConfig node =
        AppConfig.defaults()
            .withModel(new ModelConfig(model, k, config.deadlineMillis(), false, onnx));
    new PacedBenchmark(config, out)
        .run(sink -> NodeAssembly.node(node, camera, List.of(sink), false), report);
  }

  private static BenchmarkSubject open(
      String subject, ModelBundle bundle, OnnxConfig onnx, int iterations, FocalStack first)
      throws ModelException {
    return switch (subject) {
      case "rolling" ->
          new EstimatorSubject(
              subject,
              OnnxDepthEstimator.open(
                  bundle, iterations, onnx.withForm(Form.ROLLING), System::nanoTime),
              System::nanoTime);
      case "allPlanes" ->
          new EstimatorSubject(
              subject,
              OnnxDepthEstimator.open(
                  bundle,
                  iterations,
                  onnx.withForm(Form.ROLLING).withPlaneCache(PlaneCache.OFF),
                  System::nanoTime),
              System::nanoTime);
      case "full" ->
          new EstimatorSubject(
              subject,
              OnnxDepthEstimator.open(
                  bundle,
                  iterations,
                  onnx.withForm(Form.FULL).withPrecision(OnnxConfig.Precision.FP32),
                  System::nanoTime),
              System::nanoTime);
      case "bareOrt" ->
          BareGraphSubject.open(bundle, iterations, onnx.withForm(Form.ROLLING), first);
      default -> new EstimatorSubject(subject, PeakDepthEstimator.ddl(), System::nanoTime);
    };
  }

  private static Map<String, String> versions(OnnxConfig onnx) throws ModelException {
    Map<String, String> versions = new LinkedHashMap<>();
    String own = BenchCommand.class.getPackage().getImplementationVersion();
    versions.put("rackfocus", own == null ? "built from source" : own);
    versions.put("onnxRuntime", BareModel.onnxRuntimeVersion());
    versions.put("openCv", Core.VERSION);
    versions.put("threads", Integer.toString(onnx.threads()));
    versions.put("spinning", Boolean.toString(onnx.spinning()));
    versions.put("graphOptimisation", onnx.optimisation().name().toLowerCase(Locale.ROOT));
    return versions;
  }

  private static void printHeader(PrintWriter out, ModelBundle bundle) {
    out.printf(
        Locale.ROOT,
        "%s, %d processors, load average %.1f; Java %s; model %s %s, manifest %s%n",
        Machine.processor(),
        Runtime.getRuntime().availableProcessors(),
        Machine.load(),
        System.getProperty("java.version"),
        bundle.identity().name(),
        bundle.identity().version(),
        bundle.identity().sha256().substring(0, 12));
    out.flush();
  }

  private void check() throws IOException {
    for (String subject : subjects) {
      if (!SUBJECTS.contains(subject)) {
        throw usageError("--subjects is '" + subject + "'; expected some of " + SUBJECTS);
      }
    }
    for (int z : planes) {
      if (z < 3 || z > MAX_PLANES) {
        throw usageError("--planes is " + z + "; expected 3 to " + MAX_PLANES);
      }
    }
    if (maps < 0 || maps > 1_000_000) {
      throw usageError("--maps is " + maps + "; expected 0 to 1000000");
    }
    if (maps == 0 && !paced.isEnabled()) {
      throw usageError("--maps is 0 and there is no --rate; nothing to measure");
    }
    try {
      sizes.forEach(ImageSize::parse);
    } catch (IllegalArgumentException e) {
      throw usageError(ErrorMessages.of(e), e);
    }
    paced.check(commandLine());
    OutputFile.checkWritable(json);
  }
}
