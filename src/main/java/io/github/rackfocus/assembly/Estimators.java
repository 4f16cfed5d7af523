package io.github.rackfocus.assembly;

import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.onnx.Manifest;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import java.util.ArrayList;
import java.util.List;

/** Makes estimators by name: the hand-made baselines, and the bundles of a library. */
public final class Estimators {
  private static final List<String> BASELINES = List.of("sml", "ddl");

  private Estimators() {}

  /** The names there are: baselines first, then bundles. */
  public static List<String> names() throws ModelException {
    List<String> names = new ArrayList<>(BASELINES);
    names.addAll(ModelLibrary.locate(null).names());
    return names;
  }

  /**
   * Makes an estimator that the caller closes.
   *
   * @throws ModelException if there is none of that name, or it is not sound, or its device can't
   *     be had
   */
  public static DepthEstimator open(ModelConfig settings) throws ModelException {
    return switch (settings.name()) {
      case "sml" -> PeakDepthEstimator.sml();
      case "ddl" -> PeakDepthEstimator.ddl();
      default -> openBundle(settings);
    };
  }

  /**
   * Bytes of a model's files without its manifest and card, 0 for a baseline.
   *
   * @throws ModelException if there is none of that name, or it is not sound
   */
  public static long bytes(String name) throws ModelException {
    if (BASELINES.contains(name)) {
      return 0;
    }
    return ModelLibrary.locate(null).read(name).manifest().files().values().stream()
        .mapToLong(Manifest.FileEntry::bytes)
        .sum();
  }

  public static OnnxDepthEstimator openBundle(ModelConfig settings) throws ModelException {
    ModelBundle bundle = ModelLibrary.locate(null).read(settings.name());
    int iterations =
        settings.iterations() < 0 ? bundle.manifest().iterations().defaultNumber() : settings.iterations();
    return settings.deadlineMillis() > 0
        ? OnnxDepthEstimator.openSwitchable(
            bundle, iterations, settings.onnx(), System::nanoTime)
        : OnnxDepthEstimator.open(bundle, iterations, settings.onnx(), System::nanoTime);
  }
}
