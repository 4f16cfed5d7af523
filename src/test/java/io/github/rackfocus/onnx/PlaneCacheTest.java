package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a new frame computes again of a stack stage in parts. */
class PlaneCacheTest {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private static final int PLANES = 7;

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(4);
  private long sequence = 1000;

  @AfterEach
  void everythingShouldBeGivenBack() {
    assertThat(frames.leased()).isZero();
    assertThat(maps.leased()).isZero();
  }

  private static OnnxDepthEstimator open(String model, PlaneCache cache) throws Exception {
    ModelBundle bundle = new ModelLibrary(Path.of("models")).read(model);
    OnnxConfig config =
        OnnxConfig.DEFAULTS.withThreads(1).withForm(Form.ROLLING).withPlaneCache(cache);
    return OnnxDepthEstimator.open(bundle, config, System::nanoTime);
  }

  private DepthMap lease() {
    return Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT));
  }

  /** The stack with new frames on some planes, of the scene shifted along the focus axis. */
  private FocalStack replaced(FocalStack stack, double shift, int... planes) {
    Frame[] next = new Frame[stack.planes()];
    for (int z = 0; z < next.length; z++) {
      int plane = z;
      boolean replace = IntStream.of(planes).anyMatch(p -> p == plane);
      next[z] =
          replace
              ? SyntheticStack.frame(frames, WIDTH, HEIGHT, stack.focus(z), sequence++, shift)
              : stack.frame(z).retain();
    }
    return SyntheticStack.stackOf(next, planes[planes.length - 1]);
  }

  private static void assertSame(DepthMap found, DepthMap expected, float within) {
    for (int i = 0; i < found.pixels(); i++) {
      assertThat(found.position().get(i))
          .as("position at %d", i)
          .isCloseTo(expected.position().get(i), within(within));
      assertThat(found.confidence().get(i))
          .as("confidence at %d", i)
          .isCloseTo(expected.confidence().get(i), within(10 * within));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"proximal", "dualfocus"})
  void shouldGiveWhatTheWholeStageGivesInAStaticScene(String model) throws Exception {
    try (OnnxDepthEstimator cached = open(model, PlaneCache.PLANE);
        OnnxDepthEstimator near = open(model, PlaneCache.NEIGHBOURS);
        OnnxDepthEstimator whole = open(model, PlaneCache.OFF);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      assertThat(cached.isPlanewise()).isTrue();
      assertThat(whole.isPlanewise()).isFalse();
      FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
      whole.estimate(stack, expected);
      // Two sweeps, up and down.
      for (int i = 0; i < 2 * PLANES; i++) {
        int plane = i < PLANES ? i : 2 * PLANES - 1 - i;
        FocalStack next = replaced(stack, 0, plane);
        stack.close();
        stack = next;
        cached.estimate(stack, found);
        assertSame(found, expected, 1e-4f);
        near.estimate(stack, found);
        assertSame(found, expected, 1e-4f);
      }
      stack.close();
    }
  }

  /** Largest difference in planes from the whole stage at the end of each sweep after a change. */
  private double[] forgotten(String model, PlaneCache cache) throws Exception {
    double[] differences = new double[5];
    try (OnnxDepthEstimator cached = open(model, cache);
        OnnxDepthEstimator whole = open(model, PlaneCache.OFF);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
      cached.estimate(stack, found);
      for (int sweep = 0; sweep < differences.length; sweep++) {
        for (int plane = 0; plane < PLANES; plane++) {
          FocalStack next = replaced(stack, 0.2, plane);
          stack.close();
          stack = next;
          cached.estimate(stack, found);
        }
        whole.estimate(stack, expected);
        for (int i = 0; i < found.pixels(); i++) {
          double apart = Math.abs(found.position().get(i) - expected.position().get(i));
          differences[sweep] = Math.max(differences[sweep], apart * (PLANES - 1));
        }
      }
      stack.close();
    }
    return differences;
  }

  /** docs/models.md says how long an old scene is remembered. */
  @ParameterizedTest
  @ValueSource(strings = {"proximal", "dualfocus"})
  void shouldForgetAnOldScene(String model) throws Exception {
    double[] near = forgotten(model, PlaneCache.NEIGHBOURS);
    double[] one = forgotten(model, PlaneCache.PLANE);
    assertThat(near[0]).isLessThan(0.5);
    assertThat(near[1]).isLessThan(0.05);
    assertThat(near[3]).isLessThan(0.001);
    assertThat(one[0]).isLessThan(0.5);
    assertThat(one[2]).isLessThan(0.15);
    assertThat(one[4]).isLessThan(0.001);
  }

  @Test
  void shouldComputeOnlyThePlanesOfNewFramesAgain() throws Exception {
    for (PlaneCache cache : new PlaneCache[] {PlaneCache.PLANE, PlaneCache.NEIGHBOURS}) {
      try (OnnxDepthEstimator estimator = open("proximal", cache);
          DepthMap map = lease();
          FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES)) {
        estimator.estimate(stack, map);
        var workspace = (PlanewiseWorkspace) Objects.requireNonNull(estimator.workspace());
        var scores = workspace.kept("scores");
        int perPlane = scores.capacity() / PLANES;
        for (int z = 0; z < PLANES; z++) {
          scores.put(z * perPlane, 1000 + z);
        }
        try (FocalStack next = replaced(stack, 0, 3)) {
          estimator.estimate(next, map);
        }
        for (int z = 0; z < PLANES; z++) {
          int reach = cache == PlaneCache.NEIGHBOURS ? 1 : 0;
          boolean computed = Math.abs(z - 3) <= reach;
          assertThat(scores.get(z * perPlane) == 1000 + z)
              .as("plane %d is kept, %s", z, cache)
              .isEqualTo(!computed);
        }
      }
    }
  }

  /** Such as after a keyframe: the whole is cheaper, and nothing of the old view is left. */
  @Test
  void shouldComputeEverythingWhenMostPlanesAreNew() throws Exception {
    try (OnnxDepthEstimator cached = open("proximal", PlaneCache.PLANE);
        OnnxDepthEstimator whole = open("proximal", PlaneCache.OFF);
        DepthMap found = lease();
        DepthMap expected = lease();
        FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
        FocalStack next = replaced(stack, 0.3, 0, 1, 2, 5, 6)) {
      cached.estimate(stack, found);
      cached.estimate(next, found);
      whole.estimate(next, expected);
      assertSame(found, expected, 1e-4f);
    }
  }

  /** A node prepares stacks for which it has no time to compute a map. */
  @Test
  void shouldGiveTheSameBytesWhereMapsWereSkipped() throws Exception {
    try (OnnxDepthEstimator every = open("proximal", PlaneCache.NEIGHBOURS);
        OnnxDepthEstimator some = open("proximal", PlaneCache.NEIGHBOURS);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
      every.estimate(stack, expected);
      some.estimate(stack, found);
      for (int plane = 0; plane < 4; plane++) {
        FocalStack next = replaced(stack, 0.1, plane);
        stack.close();
        stack = next;
        every.estimate(stack, expected);
        some.prepare(stack);
      }
      some.estimate(stack, found);
      for (int i = 0; i < found.pixels(); i++) {
        assertThat(found.position().get(i)).isEqualTo(expected.position().get(i));
      }
      stack.close();
    }
  }

  /** Stacks that were never seen: several frames are new at once, in either order of the planes. */
  @Test
  void shouldStayCloseWhereStacksWereDropped() throws Exception {
    for (int first : new int[] {1, 3}) {
      try (OnnxDepthEstimator cached = open("proximal", PlaneCache.NEIGHBOURS);
          OnnxDepthEstimator whole = open("proximal", PlaneCache.OFF);
          DepthMap found = lease();
          DepthMap expected = lease();
          FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
          FocalStack next = replaced(stack, 0.1, first, first + 1, first + 2)) {
        cached.estimate(stack, found);
        cached.estimate(next, found);
        whole.estimate(next, expected);
        double sum = 0;
        for (int i = 0; i < found.pixels(); i++) {
          sum += Math.abs(found.position().get(i) - expected.position().get(i));
        }
        assertThat(sum / found.pixels() * (PLANES - 1)).as("mean, planes").isLessThan(0.1);
      }
    }
  }

  @Test
  void shouldComputeEverythingWhenAMissingPlaneIsBack() throws Exception {
    try (OnnxDepthEstimator cached = open("proximal", PlaneCache.PLANE);
        OnnxDepthEstimator whole = open("proximal", PlaneCache.OFF);
        DepthMap found = lease();
        DepthMap expected = lease();
        FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES)) {
      cached.estimate(stack, found);
      Frame[] borrowed = new Frame[PLANES];
      double[] focus = new double[PLANES];
      boolean[] missing = new boolean[PLANES];
      for (int z = 0; z < PLANES; z++) {
        borrowed[z] = stack.frame(z == 3 ? 2 : z).retain();
        focus[z] = stack.focus(z);
        missing[z] = z == 3;
      }
      try (FocalStack gap = new FocalStack(FocusScale.DIOPTRE, borrowed, focus, missing, 6)) {
        cached.estimate(gap, found);
        whole.estimate(gap, expected);
        assertSame(found, expected, 1e-4f);
        try (FocalStack back = replaced(stack, 0, 3)) {
          cached.estimate(back, found);
          whole.estimate(back, expected);
          assertSame(found, expected, 1e-4f);
        }
      }
    }
  }

  @Test
  void shouldSwitchBetweenAllNumbersOfIterations() throws Exception {
    ModelBundle bundle = new ModelLibrary(Path.of("models")).read("proximal");
    OnnxConfig config = OnnxConfig.DEFAULTS.withThreads(1).withForm(Form.ROLLING);
    try (OnnxDepthEstimator switched =
            OnnxDepthEstimator.openSwitchable(bundle, 5, config, System::nanoTime);
        DepthMap found = lease();
        DepthMap expected = lease()) {
      assertThat(switched.isPlanewise()).isTrue();
      FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
      for (int iterations : switched.iterationChoices()) {
        FocalStack next = replaced(stack, 0, iterations);
        stack.close();
        stack = next;
        switched.useIterations(iterations);
        switched.estimate(stack, found);
        try (OnnxDepthEstimator fixed =
            OnnxDepthEstimator.open(
                bundle, iterations, config.withPlaneCache(PlaneCache.OFF), System::nanoTime)) {
          fixed.estimate(stack, expected);
        }
        assertSame(found, expected, 1e-4f);
      }
      stack.close();
    }
  }

  @Test
  void shouldNotBeUsedInTheFullForm() throws Exception {
    ModelBundle bundle = new ModelLibrary(Path.of("models")).read("proximal");
    OnnxConfig full = OnnxConfig.DEFAULTS.withThreads(1).withForm(Form.FULL);
    try (OnnxDepthEstimator estimator =
        OnnxDepthEstimator.open(bundle, 1, full, System::nanoTime)) {
      assertThat(estimator.isPlanewise()).isFalse();
    }
  }
}
