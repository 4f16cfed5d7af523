package io.github.rackfocus.onnx;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthEstimatorContract;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import org.junit.jupiter.api.Nested;

/** Every kind of bundle and both forms hold the contract of all estimators. */
class OnnxContractTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULTS.withThreads(1);

  @Nested
  class RollingWithLumaOfTheStack extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.ROLLING, ONE_THREAD.withForm(Form.ROLLING));
    }
  }

  @Nested
  class FullWithTwoStagesToChooseFrom extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.ROLLING, ONE_THREAD.withForm(Form.FULL));
    }
  }

  @Nested
  class RollingWithoutLuma extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.PLAIN, ONE_THREAD);
    }
  }

  @Nested
  class RollingWithLumaOfTheReference extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.REFERENCE, ONE_THREAD);
    }
  }

  @Nested
  class FullWithIndexOfTheReference extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.REFERENCE, ONE_THREAD.withForm(Form.FULL));
    }
  }

  @Nested
  class FullOnly extends DepthEstimatorContract {
    @Override
    protected DepthEstimator create() throws Exception {
      return TestModels.open(TestModels.FULL_ONLY, ONE_THREAD);
    }
  }
}
