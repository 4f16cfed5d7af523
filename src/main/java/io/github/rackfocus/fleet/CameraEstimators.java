package io.github.rackfocus.fleet;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import java.util.function.Supplier;

/**
 * One model for many cameras: each has an estimator of its own, and all share the model's graphs.
 * For one thread.
 */
final class CameraEstimators implements AutoCloseable {
  private final DepthEstimator first;
  private final Supplier<DepthEstimator> another;

  private CameraEstimators(DepthEstimator first, Supplier<DepthEstimator> another) {
    this.first = first;
    this.another = another;
  }

  /**
   * Opens the model.
   *
   * @throws ModelException if it is not sound, or its device can't be had
   */
  static CameraEstimators open(ModelConfig settings) throws ModelException {
    return switch (settings.name()) {
      case "sml" -> new CameraEstimators(PeakDepthEstimator.sml(), PeakDepthEstimator::sml);
      case "ddl" -> new CameraEstimators(PeakDepthEstimator.ddl(), PeakDepthEstimator::ddl);
      default -> {
        // Iterations that vary with the load would make two workers' maps differ.
        OnnxDepthEstimator bundle = Estimators.openBundle(settings.withDeadlineMillis(0));
        yield new CameraEstimators(bundle, bundle::forAnotherCamera);
      }
    };
  }

  /** The model, for its name and the planes it takes. */
  DepthEstimator model() {
    return first;
  }

  /** An estimator for one camera, which the caller closes before this. */
  DepthEstimator forCamera() {
    return another.get();
  }

  @Override
  public void close() {
    first.close();
  }
}
