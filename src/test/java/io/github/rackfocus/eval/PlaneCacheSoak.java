package io.github.rackfocus.eval;

import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import io.github.rackfocus.registration.RegistrationMode;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Measures what it costs in error to compute only the planes of new frames: every scenario is run
 * with {@code model.planeCache} off, plane and neighbours on the same pixels, and every map is
 * compared with the truth. {@code bin/soak plane-cache} runs it.
 */
final class PlaneCacheSoak {
  private static final String ROW = "%-28s %-12s %-11s %6.4f %7.1f %% %8.3f %% %7.1f %7.1f%n";

  private PlaneCacheSoak() {}

  /**
   * @param arguments model, WxH, frames, scenarios, scenarios in which parts move (lists with
   *     commas, or "none"), metres per second of the parts
   */
  public static void main(String[] arguments) throws Exception {
    Path models = Path.of("models");
    ModelBundle bundle = new ModelLibrary(models).read(arguments[0]);
    String[] size = arguments[1].split("x");
    int width = Integer.parseInt(size[0]);
    int height = Integer.parseInt(size[1]);
    int frames = Integer.parseInt(arguments[2]);
    double speed = Double.parseDouble(arguments[5]);
    System.out.printf(
        "%s %s, %dx%d, %d frames a run, the first three sweeps not measured%n",
        bundle.identity().name(), bundle.identity().version(), width, height, frames);
    System.out.printf(
        "%-28s %-12s %-11s %6s %9s %10s %7s %7s%n",
        "scenario",
        "registration",
        "planeCache",
        "planes",
        "published",
        "off by > 1",
        "p50 ms",
        "min ms");
    for (String scenario : names(arguments[3])) {
      run(bundle, scenario, 0, width, height, frames);
    }
    for (String scenario : names(arguments[4])) {
      run(bundle, scenario, speed, width, height, frames);
    }
    System.out.println(
        """
        planes: mean error of all pixels, published or not, in planes. off by > 1: share of the
        published pixels that are off by more than a plane. ms: frame and stack stage of a map.\
        """);
  }

  private static String[] names(String list) {
    return list.equals("none") ? new String[0] : list.split(",");
  }

  private static void run(
      ModelBundle bundle, String scenario, double speed, int width, int height, int frames)
      throws Exception {
    try (RegistrationRecording recording =
        new RegistrationRecording(
            Scenario.parse(scenario), width, height, frames, speed, System.err::println)) {
      for (RegistrationMode mode :
          new RegistrationMode[] {RegistrationMode.AUTO, RegistrationMode.OFF}) {
        if (mode == RegistrationMode.OFF && scenario.equals("still")) {
          continue;
        }
        for (PlaneCache cache : PlaneCache.values()) {
          measure(bundle, recording, mode, cache);
        }
      }
    }
  }

  private static void measure(
      ModelBundle bundle, RegistrationRecording recording, RegistrationMode mode, PlaneCache cache)
      throws Exception {
    OnnxConfig config = OnnxConfig.DEFAULTS.withPlaneCache(cache);
    try (DepthEngine engine =
        new DepthEngine(
            OnnxDepthEstimator.open(bundle, config, System::nanoTime),
            new DepthPostProcessor(ValidityThresholds.DEFAULTS),
            1,
            System::nanoTime)) {
      RegistrationScores scores = RegistrationRun.of(recording, mode, engine);
      System.out.printf(
          Locale.ROOT,
          ROW,
          recording.name(),
          mode.name().toLowerCase(Locale.ROOT),
          cache.name().toLowerCase(Locale.ROOT),
          scores.planes(),
          100.0 * scores.published / scores.pixels,
          100.0 * scores.publishedOff / Math.max(1, scores.published),
          scores.estimateNanos.getValueAtPercentile(50) * 1e-6,
          scores.estimateNanos.getMinValue() * 1e-6);
    }
  }
}
