package io.github.rackfocus.cli;

import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.eval.Bench;
import io.github.rackfocus.eval.BenchInput;
import io.github.rackfocus.eval.BenchReport;
import io.github.rackfocus.eval.BenchmarkSubject;
import io.github.rackfocus.eval.EstimatorSubject;
import io.github.rackfocus.eval.GcPauses;
import io.github.rackfocus.eval.Machine;
import io.github.rackfocus.onnx.BareModel;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackfocus bench}: what a map costs, beside what it could cost. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what a map costs: a model as the node runs it (rolling), all of it anew for every",
      "map (full), its bare graphs (bareOrt) and the hand-made baseline (ddl), in turns on the same",
      "stacks of a simulated camera. With --rate also the whole node, paced.",
      "How to measure: docs/measuring.md."
    })
final class BenchCommand implements Callable<Integer> {
  private static final List<String> LANES = List.of("rolling", "full", "bareOrt", "ddl");
  private static final int MAX_PLANES = 64;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--size",
      split = ",",
      paramLabel = "WxH",
      description = "Of the images; several give a run each. Default: ${DEFAULT-VALUE}.")
  private List<String> sizes = List.of("640x480");

  @Option(
      names = "--planes",
      split = ",",
      paramLabel = "Z",
      description = "Of the sweep; several give a run each. Default: ${DEFAULT-VALUE}.")
  private List<Integer> planes = List.of(10);

  @Option(
      names = "--iterations",
      split = ",",
      paramLabel = "K",
      description = "Proximal iterations; several give a run each. Default: the model's.")
  private List<Integer> iterations = List.of();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "A bundle of 'rackfocus models'. Default: ${DEFAULT-VALUE}.")
  private String model = ModelConfig.DEFAULT_MODEL;

  @Option(
      names = "--lanes",
      split = ",",
      paramLabel = "L",
      description = "What is compared. Default: ${DEFAULT-VALUE}.")
  private List<String> lanes = LANES;

  @Option(
      names = "--maps",
      paramLabel = "N",
      description = "Maps of each, at most; 0: only the paced run. Default: ${DEFAULT-VALUE}.")
  private int maps = 200;

  @Option(
      names = "--max-seconds",
      paramLabel = "S",
      description = "After which a run of it ends early. Default: ${DEFAULT-VALUE}.")
  private double maxSeconds = 60;

  @Mixin private InferenceTuning tuning = new InferenceTuning();

  @ArgGroup(exclusive = false)
  private PacedOptions paced = new PacedOptions();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes every figure as JSON.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    PrintWriter out = spec().commandLine().getOut();
    ModelBundle bundle = ModelLibrary.locate(null).read(model);
    OnnxConfig options = tuning.over(OnnxConfig.DEFAULTS);
    List<Integer> chosen =
        iterations.isEmpty() ? List.of(bundle.manifest().iterations().defaultNumber()) : iterations;
    BenchReport report = new BenchReport(versions(options));
    printHead(out, bundle);
    if (maps > 0) {
      try (GcPauses pauses = new GcPauses()) {
        runAll(bundle, options, chosen, report, out);
        report.addPauses(pauses);
      }
    }
    if (paced.isAsked()) {
      ModelConfig settings =
          new ModelConfig(model, chosen.get(0), paced.deadlineMillis(), options);
      int[] size = size(sizes.get(0));
      paced.run(settings, size[0], size[1], planes.get(0), report, out);
    }
    if (json != null) {
      report.write(json);
    }
    out.flush();
    return 0;
  }

  private void runAll(
      ModelBundle bundle,
      OnnxConfig options,
      List<Integer> chosen,
      BenchReport report,
      PrintWriter out)
      throws IOException, InterruptedException {
    for (String text : sizes) {
      int[] size = size(text);
      for (int z : planes) {
        bundle.requirePlanes(z);
        for (int k : chosen) {
          run(bundle, options, size, z, k, report);
          report.takeRows().forEach(out::println);
          out.flush();
        }
      }
    }
  }

  private void run(
      ModelBundle bundle, OnnxConfig options, int[] size, int z, int k, BenchReport report)
      throws IOException, InterruptedException {
    List<BenchmarkSubject> opened = new ArrayList<>();
    try (Progress progress = new Progress("scene " + size[0] + "x" + size[1]);
        BenchInput input = new BenchInput(size[0], size[1], z, progress::show)) {
      try (FocalStack first = input.next()) {
        for (String lane : lanes) {
          opened.add(open(lane, bundle, options, k, first));
        }
      }
      Bench bench = new Bench(opened, System::nanoTime);
      // At least a sweep: until then some features are computed for the first time.
      bench.run(input, 2 * z, maps, maxSeconds);
      boolean quantised =
          options.precision() != OnnxConfig.Precision.FP32 && bundle.manifest().isQuantised(k);
      report.add(size[0], size[1], z, k, quantised ? "int8" : "fp32", input.sha256(), bench);
    } finally {
      opened.forEach(BenchmarkSubject::close);
    }
  }

  private static BenchmarkSubject open(
      String lane, ModelBundle bundle, OnnxConfig options, int iterations, FocalStack first)
      throws ModelException {
    return switch (lane) {
      case "rolling" ->
          new EstimatorSubject(
              lane,
              OnnxDepthEstimator.open(
                  bundle, iterations, options.withForm(Form.ROLLING), System::nanoTime),
              System::nanoTime);
      case "full" ->
          new EstimatorSubject(
              lane,
              OnnxDepthEstimator.open(
                  bundle,
                  iterations,
                  options.withForm(Form.FULL).withPrecision(OnnxConfig.Precision.FP32),
                  System::nanoTime),
              System::nanoTime);
      case "bareOrt" -> BareGraphSubject.open(bundle, iterations, options.withForm(Form.ROLLING), first);
      default -> new EstimatorSubject(lane, PeakDepthEstimator.ddl(), System::nanoTime);
    };
  }

  private static Map<String, String> versions(OnnxConfig options) throws ModelException {
    Map<String, String> versions = new LinkedHashMap<>();
    String own = BenchCommand.class.getPackage().getImplementationVersion();
    versions.put("rackfocus", own == null ? "built from source" : own);
    versions.put("onnxRuntime", BareModel.onnxRuntimeVersion());
    versions.put("openCv", Core.VERSION);
    versions.put("threads", Integer.toString(options.threads()));
    versions.put("spinning", Boolean.toString(options.spinning()));
    versions.put("graphOptimisation", options.optimisation().name().toLowerCase(Locale.ROOT));
    return versions;
  }

  private static void printHead(PrintWriter out, ModelBundle bundle) {
    out.printf(
        Locale.ROOT,
        "%s, %d processors, load %.1f; Java %s; %s %s, manifest %s%n",
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
    for (String lane : lanes) {
      if (!LANES.contains(lane)) {
        throw wrong("lane '" + lane + "' does not exist; expected some of " + LANES);
      }
    }
    for (int z : planes) {
      if (z < 3 || z > MAX_PLANES) {
        throw wrong("--planes is " + z + "; expected 3 to " + MAX_PLANES);
      }
    }
    if (maps < 0 || maps > 1_000_000) {
      throw wrong("--maps is " + maps + "; expected 0 to 1000000");
    }
    if (maps == 0 && !paced.isAsked()) {
      throw wrong("--maps is 0 and there is no --rate; expected something to measure");
    }
    sizes.forEach(this::size);
    paced.check(spec().commandLine());
    Path parent = json == null ? null : json.toAbsolutePath().getParent();
    if (json != null && (Files.isDirectory(json) || parent == null || !Files.isWritable(parent))) {
      throw new IOException(json + ": can't be written; expected a file in a writable folder");
    }
  }

  private int[] size(String text) {
    if (!text.matches("[1-9][0-9]{1,3}x[1-9][0-9]{1,3}")) {
      throw wrong("--size is " + text + "; expected a width and a height, such as 640x480");
    }
    String[] sides = text.split("x");
    return new int[] {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec().commandLine(), sentence);
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("bench was not started by its command line");
    }
    return spec;
  }
}
