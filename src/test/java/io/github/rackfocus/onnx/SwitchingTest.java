package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Iterations that change while the estimator runs, and stacks of which no map is made. */
class SwitchingTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULTS.withThreads(1);

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(4);

  private static OnnxDepthEstimator fixed(ModelBundle bundle, int iterations, Form form)
      throws ModelException {
    return OnnxDepthEstimator.open(bundle, iterations, ONE_THREAD.withForm(form), System::nanoTime);
  }

  private static OnnxDepthEstimator switchable(ModelBundle bundle, int iterations)
      throws ModelException {
    return OnnxDepthEstimator.openSwitchable(bundle, iterations, ONE_THREAD, System::nanoTime);
  }

  private DepthMap lease() {
    return Objects.requireNonNull(maps.tryLease(96, 64));
  }

  @Test
  void shouldGiveTheSameAsAnEstimatorOpenedForTheseIterations() throws Exception {
    ModelBundle bundle = TestModels.bundle(TestModels.ROLLING);
    try (var estimator = switchable(bundle, 3);
        FocalStack stack = SyntheticStack.stack(frames, 96, 64, 5);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      assertThat(estimator.iterationChoices()).containsExactly(0, 1, 3);
      assertThat(estimator.iterations()).isEqualTo(3);
      for (int iterations : new int[] {0, 3, 1}) {
        estimator.useIterations(iterations);
        estimator.estimate(stack, found);
        assertThat(estimator.iterations()).isEqualTo(iterations);
        try (var alone = fixed(bundle, iterations, Form.AUTO)) {
          alone.estimate(stack, expected);
        }
        assertThat(worst(found, expected)).isZero();
      }
    }
  }

  @Test
  void shouldOfferNoMoreThanWasAskedFor() throws Exception {
    ModelBundle bundle = TestModels.bundle(TestModels.ROLLING);
    try (var estimator = switchable(bundle, 1);
        var alone = fixed(bundle, 1, Form.AUTO)) {
      assertThat(estimator.iterationChoices()).containsExactly(0, 1);
      assertThat(alone.iterationChoices()).containsExactly(1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> estimator.useIterations(3))
          .withMessage("3 iterations are not loaded; expected one of [0, 1]");
    }
  }

  @Test
  void shouldComputeFeaturesOfAPreparedStackOnlyOnce() throws Exception {
    try (var estimator = fixed(TestModels.bundle(TestModels.ROLLING), 3, Form.AUTO);
        FocalStack stack = SyntheticStack.stack(frames, 96, 64, 5);
        DepthMap map = lease()) {
      estimator.prepare(stack);
      var workspace = (RollingWorkspace) Objects.requireNonNull(estimator.workspace());
      workspace.features().put(0, 1234);
      estimator.estimate(stack, map);
      assertThat(workspace.features().get(0)).isEqualTo(1234);
    }
  }

  /** The models of the project, on a scene that stands still: rolling is batch. */
  @ParameterizedTest
  @ValueSource(strings = {"proximal", "ddl-pgd"})
  void shouldGiveTheSameRollingAsAtOnceWithTheModelsThatAreShipped(String name) throws Exception {
    ModelBundle bundle = new ModelLibrary(Path.of("models")).read(name);
    int iterations = bundle.manifest().iterations().defaultNumber();
    try (var rolling = fixed(bundle, iterations, Form.ROLLING);
        var batch = fixed(bundle, iterations, Form.FULL);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      double[] focus = SyntheticStack.focus(5);
      FocusAxis axis = new FocusAxis(FocusScale.DIOPTRE, focus);
      int last = 12;
      RollingStackConfig config =
          RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.OFF);
      try (RollingFocalStack sweep = new RollingFocalStack(axis, config)) {
        for (int i = 0; i <= last; i++) {
          try (Frame frame = SyntheticStack.frame(frames, 96, 64, focus[i % 5], i, 0)) {
            assertThat(sweep.offer(frame)).isEqualTo(FrameResult.PLACED);
          }
          try (FocalStack stack = sweep.takeStack()) {
            if (stack != null) {
              rolling.estimate(stack, found);
            }
            if (i == last) {
              batch.estimate(Objects.requireNonNull(stack), expected);
            }
          }
        }
      }
      assertThat(worst(found, expected)).isLessThanOrEqualTo(1e-4);
    }
  }

  private static double worst(DepthMap found, DepthMap expected) {
    double worst = 0;
    for (Output output : Output.values()) {
      for (int i = 0; i < found.pixels(); i++) {
        double away = Math.abs(output.of(found).get(i) - output.of(expected).get(i));
        worst = Math.max(worst, Double.isNaN(away) ? 1 : away);
      }
    }
    return worst;
  }
}
