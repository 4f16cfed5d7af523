package io.github.rackfocus.fleet;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import java.util.function.Supplier;

/**
 * A model for many cameras: each camera has its own estimator, and all share the model's graphs.
 * Not thread-safe.
 */
final class CameraEstimators implements AutoCloseable {
  private final DepthEstimator first;
  private final Supplier<DepthEstimator> factory;

  private CameraEstimators(DepthEstimator first, Supplier<DepthEstimator> factory) {
    this.first = first;
    this.factory = factory;
  }

  /**
   * Opens the model.
   *
   * @throws ModelException if the model is invalid, or its device is unavailable
   */
  static CameraEstimators open(ModelConfig config) throws ModelException {
    return switch (config.name()) {
      case "sml" -> new CameraEstimators(PeakDepthEstimator.sml(), PeakDepthEstimator::sml);
      case "ddl" -> new CameraEstimators(PeakDepthEstimator.ddl(), PeakDepthEstimator::ddl);
      default -> {
        // Without a deadline: iterations that vary with the load would make two workers' maps
        // differ.
        OnnxDepthEstimator bundle = Estimators.openBundle(repeatable(config));
        yield new CameraEstimators(bundle, bundle::forAnotherCamera);
      }
    };
  }

  /** The model's name and supported planes; not used for estimating. */
  DepthEstimator model() {
    return first;
  }

  /** Creates an estimator for one camera, which the caller closes before this object. */
  DepthEstimator forCamera() {
    return factory.get();
  }

  @Override
  public void close() {
    first.close();
  }

  /**
   * Returns a configuration with which a map depends on nothing but its stack, so that another
   * worker computes equal bytes: a plane cache carries what was computed before.
   */
  private static ModelConfig repeatable(ModelConfig config) {
    return config.withDeadlineMillis(0).withOnnx(config.onnx().withPlaneCache(PlaneCache.OFF));
  }
}
