package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.Optimisation;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnnxDepthEstimatorTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULT.withThreads(1);

  private final FramePool frames = new FramePool(256);
  private final DepthMapPool maps = new DepthMapPool(16);

  @AfterEach
  void everythingShouldBeGivenBack() {
    assertThat(frames.leased()).isZero();
    assertThat(maps.leased()).isZero();
  }

  @Test
  void shouldGiveTheSameInBothForms() throws Exception {
    for (String name : List.of(TestModels.ROLLING, TestModels.PLAIN, TestModels.REFERENCE)) {
      ModelBundle bundle = TestModels.bundle(name);
      for (int k : bundle.manifest().iterations()) {
        try (var rolling = open(bundle, k, Form.ROLLING);
            var full = open(bundle, k, Form.FULL);
            FocalStack stack = SyntheticStack.stack(frames, 61, 47, 9);
            DepthMap one = lease(61, 47);
            DepthMap other = lease(61, 47)) {
          assertThat(rolling.isRolling()).isTrue();
          assertThat(full.isRolling()).isFalse();
          rolling.estimate(stack, one);
          full.estimate(stack, other);
          assertSame(one, other, 1e-5);
        }
      }
    }
  }

  @Test
  void shouldGiveMoreSmoothingWithMoreIterations() throws Exception {
    ModelBundle bundle = TestModels.bundle(TestModels.ROLLING);
    double rougher = Double.POSITIVE_INFINITY;
    for (int k : new int[] {0, 1, 3}) {
      try (var estimator = open(bundle, k, Form.AUTO);
          FocalStack stack = SyntheticStack.stack(frames, 96, 64, 9);
          DepthMap map = lease(96, 64)) {
        estimator.estimate(stack, map);
        double rough = roughness(map);
        assertThat(rough).isLessThan(rougher);
        rougher = rough;
      }
    }
  }

  @Test
  void shouldComputeFeaturesOnlyOfFramesThatAreNew() throws Exception {
    try (var estimator = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        FocalStack stack = SyntheticStack.stack(frames, 96, 64, 5);
        DepthMap map = lease(96, 64)) {
      estimator.estimate(stack, map);
      var workspace = (RollingWorkspace) Objects.requireNonNull(estimator.workspace());
      FloatBuffer features = workspace.features();
      int perPlane = features.capacity() / 5;
      for (int z = 0; z < 5; z++) {
        features.put(z * perPlane, 1000 + z);
      }
      try (FocalStack next = replaced(stack, 3, 77)) {
        estimator.estimate(next, map);
      }
      for (int z = 0; z < 5; z++) {
        if (z == 3) {
          assertThat(features.get(z * perPlane)).isLessThan(10);
        } else {
          assertThat(features.get(z * perPlane)).isEqualTo(1000 + z);
        }
      }
    }
  }

  @Test
  void shouldCopyTheFeaturesOfAFrameThatMovesToAnotherPlane() throws Exception {
    try (var estimator = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        FocalStack stack = SyntheticStack.stack(frames, 96, 64, 5);
        DepthMap map = lease(96, 64)) {
      estimator.estimate(stack, map);
      var workspace = (RollingWorkspace) Objects.requireNonNull(estimator.workspace());
      int perPlane = workspace.features().capacity() / 5;
      workspace.features().put(2 * perPlane, 1234);
      Frame[] moved = new Frame[5];
      double[] focus = new double[5];
      for (int z = 0; z < 5; z++) {
        moved[z] = stack.frame(z == 3 ? 2 : z).retain();
        focus[z] = stack.focus(z);
      }
      boolean[] missing = {false, false, false, true, false};
      try (FocalStack gap = new FocalStack(FocusScale.DIOPTRE, moved, focus, missing, 4)) {
        estimator.estimate(gap, map);
      }
      assertThat(workspace.features().get(3 * perPlane)).isEqualTo(1234);
    }
  }

  @Test
  void shouldNotMistakeAFrameOfAnotherStackWithTheSameNumberAndStamp() throws Exception {
    FramePool tight = new FramePool(3);
    try (var used = TestModels.open(TestModels.PLAIN, ONE_THREAD);
        var fresh = TestModels.open(TestModels.PLAIN, ONE_THREAD);
        DepthMap one = lease(32, 32);
        DepthMap other = lease(32, 32)) {
      try (FocalStack first = shifted(tight, 0)) {
        used.estimate(first, one);
      }
      // Given back and leased again, these are the same objects with the same numbers.
      try (FocalStack second = shifted(tight, 0.3)) {
        used.estimate(second, one);
        fresh.estimate(second, other);
      }
      assertSame(one, other, 0);
    }
  }

  @Test
  void shouldPadByReplicationAndCrop() throws Exception {
    for (Form form : new Form[] {Form.ROLLING, Form.FULL}) {
      try (var estimator = open(TestModels.bundle(TestModels.ROLLING), 3, form);
          var other = open(TestModels.bundle(TestModels.ROLLING), 3, form);
          FocalStack small = SyntheticStack.stack(frames, 61, 47, 6);
          FocalStack large = padded(small, 64, 48);
          DepthMap cropped = lease(61, 47);
          DepthMap whole = lease(64, 48)) {
        estimator.estimate(small, cropped);
        other.estimate(large, whole);
        assertCropped(cropped, whole);
      }
    }
  }

  @Test
  void shouldPadImagesBelowTheLeastSize() throws Exception {
    try (var estimator = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        var other = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        FocalStack small = SyntheticStack.stack(frames, 5, 3, 6);
        FocalStack large = padded(small, 32, 32);
        DepthMap cropped = lease(5, 3);
        DepthMap whole = lease(32, 32)) {
      estimator.estimate(small, cropped);
      other.estimate(large, whole);
      assertCropped(cropped, whole);
    }
  }

  @Test
  void shouldTakeTheLumaOfTheReferenceFrame() throws Exception {
    for (Form form : new Form[] {Form.ROLLING, Form.FULL}) {
      try (var estimator = open(TestModels.bundle(TestModels.REFERENCE), 1, form);
          FocalStack stack = SyntheticStack.stack(frames, 96, 64, 5);
          FocalStack next = replaced(stack, 2, 77);
          DepthMap map = lease(96, 64)) {
        for (FocalStack each : List.of(stack, next)) {
          estimator.estimate(each, map);
          for (int i = 0; i < map.pixels(); i++) {
            assertThat(map.allFocus().get(i)).isEqualTo(each.reference().lumaAt(i) / 255f);
          }
        }
      }
    }
  }

  @Test
  void shouldStateModelProviderIterationsAndRecordTimes() throws Exception {
    AtomicLong clock = new AtomicLong();
    ModelBundle bundle = TestModels.bundle(TestModels.ROLLING);
    try (var estimator = OnnxDepthEstimator.open(bundle, ONE_THREAD, () -> clock.getAndAdd(1_000));
        FocalStack stack = SyntheticStack.stack(frames, 32, 32, 3);
        DepthMap map = lease(32, 32)) {
      estimator.estimate(stack, map);
      assertThat(estimator.model()).isEqualTo(bundle.identity());
      assertThat(estimator.executionProvider()).isEqualTo("CPU");
      assertThat(estimator.iterations()).isEqualTo(3);
      assertThat(map.info().stageNanos(Stage.FRAME)).isEqualTo(1_000);
      assertThat(map.info().stageNanos(Stage.STACK)).isEqualTo(1_000);
    }
  }

  @Test
  void shouldGiveTheSameWhateverTheOptions() throws Exception {
    List<OnnxConfig> all =
        List.of(
            ONE_THREAD,
            ONE_THREAD.withThreads(2).withSpinning(true),
            ONE_THREAD.withThreads(2).withSpinning(false),
            ONE_THREAD.withArena(false),
            ONE_THREAD.withMemoryPattern(false),
            ONE_THREAD.withOptimisation(Optimisation.NONE),
            ONE_THREAD.withOptimisation(Optimisation.EXTENDED));
    try (FocalStack stack = SyntheticStack.stack(frames, 96, 64, 7);
        DepthMap expected = lease(96, 64);
        DepthMap actual = lease(96, 64)) {
      for (OnnxConfig options : all) {
        try (var estimator = TestModels.open(TestModels.ROLLING, options)) {
          estimator.estimate(stack, options == ONE_THREAD ? expected : actual);
        }
        if (options != ONE_THREAD) {
          assertSame(actual, expected, 1e-5);
        }
      }
    }
  }

  @Test
  void shouldRefusePlanesThatCannotBeToldApart() throws Exception {
    Frame[] three = new Frame[3];
    for (int z = 0; z < 3; z++) {
      three[z] = SyntheticStack.frame(frames, 32, 32, z, z, 0);
    }
    // They ascend as doubles, but not as the floats that the model divides by.
    double[] close = {0, 1e8, Math.nextUp(1e8)};
    try (var estimator = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        FocalStack stack = new FocalStack(FocusScale.DIOPTRE, three, close, new boolean[3], 2);
        DepthMap map = lease(32, 32)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> estimator.estimate(stack, map))
          .withMessageContaining("planes 1 and 2");
    }
  }

  @Test
  void shouldRefuseToWorkOnceClosed() throws Exception {
    var estimator = TestModels.open(TestModels.PLAIN, ONE_THREAD);
    estimator.close();
    try (FocalStack stack = SyntheticStack.stack(frames, 32, 32, 3);
        DepthMap map = lease(32, 32)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> estimator.estimate(stack, map))
          .withMessageContaining("closed");
    }
    estimator.close();
  }

  @Test
  void shouldWorkManyAtATime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (FocalStack stack = SyntheticStack.stack(frames, 96, 64, 7);
        var alone = TestModels.open(TestModels.ROLLING, ONE_THREAD);
        DepthMap expected = lease(96, 64)) {
      alone.estimate(stack, expected);
      List<Future<DepthMap>> results = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Callable<DepthMap> work =
            () -> {
              DepthMap map = lease(96, 64);
              try (var own = TestModels.open(TestModels.ROLLING, ONE_THREAD)) {
                for (int round = 0; round < 10; round++) {
                  own.estimate(stack, map);
                }
              }
              return map;
            };
        results.add(threads.submit(work));
      }
      for (Future<DepthMap> result : results) {
        try (DepthMap map = result.get()) {
          assertSame(map, expected, 0);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static OnnxDepthEstimator open(ModelBundle bundle, int iterations, Form form)
      throws ModelException {
    return OnnxDepthEstimator.open(bundle, iterations, ONE_THREAD.withForm(form), System::nanoTime);
  }

  private DepthMap lease(int width, int height) {
    return Objects.requireNonNull(maps.tryLease(width, height));
  }

  private FocalStack replaced(FocalStack stack, int plane, long sequence) {
    Frame[] next = new Frame[stack.planes()];
    for (int z = 0; z < next.length; z++) {
      next[z] =
          z == plane
              ? SyntheticStack.frame(
                  frames, stack.width(), stack.height(), stack.focus(z), sequence, 0.2)
              : stack.frame(z).retain();
    }
    return SyntheticStack.stackOf(next, plane);
  }

  private static FocalStack shifted(FramePool pool, double shift) {
    Frame[] three = new Frame[3];
    double[] focus = SyntheticStack.focus(3);
    for (int z = 0; z < 3; z++) {
      three[z] = SyntheticStack.frame(pool, 32, 32, focus[z], z, shift);
    }
    return SyntheticStack.stackOf(three, 2);
  }

  private FocalStack padded(FocalStack small, int width, int height) {
    Frame[] large = new Frame[small.planes()];
    for (int z = 0; z < large.length; z++) {
      Frame from = small.frame(z);
      Frame to = Objects.requireNonNull(frames.tryLease(width, height, false));
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int source =
              Math.min(y, from.height() - 1) * from.width() + Math.min(x, from.width() - 1);
          to.luma().put(y * width + x, from.luma().get(source));
        }
      }
      large[z] = to.seal(from.stampNanos(), from.sequence(), FocusReading.at(small.focus(z)));
    }
    return SyntheticStack.stackOf(large, small.referencePlane());
  }

  private static void assertCropped(DepthMap cropped, DepthMap whole) {
    for (Output output : Output.values()) {
      for (int y = 0; y < cropped.height(); y++) {
        for (int x = 0; x < cropped.width(); x++) {
          assertThat(output.of(cropped).get(y * cropped.width() + x))
              .isEqualTo(output.of(whole).get(y * whole.width() + x));
        }
      }
    }
  }

  private static void assertSame(DepthMap actual, DepthMap expected, double tolerance) {
    for (Output output : Output.values()) {
      double worst = 0;
      for (int i = 0; i < actual.pixels(); i++) {
        double away = output.of(actual).get(i) - output.of(expected).get(i);
        worst = Math.max(worst, Double.isNaN(away) ? 1 : Math.abs(away));
      }
      assertThat(worst).as(output.key()).isLessThanOrEqualTo(tolerance);
    }
  }

  private static double roughness(DepthMap map) {
    double sum = 0;
    for (int i = 1; i < map.pixels(); i++) {
      sum += Math.abs(map.position().get(i) - map.position().get(i - 1));
    }
    return sum;
  }
}
