package io.github.rackfocus.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import org.junit.jupiter.api.Test;

class CameraEstimatorsTest {
  /** A map that is computed again by another worker must have equal bytes. */
  @Test
  void shouldComputeMapsThatDoNotDependOnThoseBefore() throws Exception {
    ModelConfig config = ModelConfig.DEFAULTS.withDeadlineMillis(100);
    assertThat(config.onnx().planeCache()).isNotEqualTo(PlaneCache.OFF);
    try (CameraEstimators estimators = CameraEstimators.open(config)) {
      OnnxDepthEstimator model = (OnnxDepthEstimator) estimators.model();
      assertThat(model.isPlanewise()).isFalse();
      assertThat(model.iterationChoices()).hasSize(1);
    }
  }
}
