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

/** Opens estimators by name: the classical baselines and the model bundles of the library. */
public final class Estimators {
  private static final List<String> BASELINES = List.of("sml", "ddl");

  private Estimators() {}

  /** Returns the available names: baselines first, then bundles. */
  public static List<String> names() throws ModelException {
    List<String> names = new ArrayList<>(BASELINES);
    names.addAll(ModelLibrary.locate(null).names());
    return names;
  }

  /**
   * Opens an estimator, which the caller closes.
   *
   * @throws ModelException if the model does not exist or is invalid, or its device is unavailable
   */
  public static DepthEstimator open(ModelConfig settings) throws ModelException {
    return switch (settings.name()) {
      case "sml" -> PeakDepthEstimator.sml();
      case "ddl" -> PeakDepthEstimator.ddl();
      default -> openBundle(settings);
    };
  }

  /**
   * Returns the size of a model's files in bytes, without manifest and card; 0 for a baseline.
   *
   * @throws ModelException if the model does not exist or is invalid
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
        settings.iterations() < 0
            ? bundle.manifest().iterations().defaultNumber()
            : settings.iterations();
    return settings.deadlineMillis() > 0 || settings.isSwitchable()
        ? OnnxDepthEstimator.openSwitchable(bundle, iterations, settings.onnx(), System::nanoTime)
        : OnnxDepthEstimator.open(bundle, iterations, settings.onnx(), System::nanoTime);
  }
}
