package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.sweep.FocalStack;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DepthPostProcessorTest {
  private static final int SIZE = 16;
  private static final int PLANES = 5;
  private static final ValidityThresholds THRESHOLDS =
      new ValidityThresholds(0.5, 0.01, 250, 0.5, true);

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(4);
  private final DepthPostProcessor metric = new DepthPostProcessor(THRESHOLDS);

  /** What makes each pixel of a stack and its map invalid. */
  private static final class Scene {
    double farthest = 2;
    double nearest = 10;
    int luma = 100;
    boolean settled = true;
    boolean missing;
    boolean moved;
    float position = 0.5f;
    float confidence = 1;
    boolean textured = true;
    double[] contrastOfPlane = {1, 1, 1, 1, 1};
  }

  private FocalStack stack(Scene scene) {
    Frame[] planes = new Frame[PLANES];
    double[] focus = new double[PLANES];
    boolean[] missing = new boolean[PLANES];
    for (int i = 0; i < PLANES; i++) {
      focus[i] = scene.farthest + (scene.nearest - scene.farthest) * i / (PLANES - 1);
      missing[i] = scene.missing;
      FocusReading reading = new FocusReading(focus[i], 0, scene.settled, 20, 1);
      double contrast = scene.contrastOfPlane[i];
      int base = scene.luma;
      planes[i] =
          TestFrames.of(
              frames,
              SIZE,
              SIZE,
              (x, y) -> Math.min(255, Math.max(0, base + (int) (contrast * ((x + y) % 2 * 8)))),
              i * 1_000_000L,
              reading);
      if (scene.moved) {
        planes[i].changedCells().set(0);
      }
    }
    return new FocalStack(FocusScale.DIOPTRE, planes, focus, missing, PLANES - 1);
  }

  private DepthMap map(Scene scene) {
    DepthMap map = Objects.requireNonNull(maps.tryLease(SIZE, SIZE));
    for (int i = 0; i < map.pixels(); i++) {
      map.position().put(i, scene.position);
      map.error().put(i, 0.01f);
      map.confidence().put(i, scene.confidence);
      map.allFocus().put(i, 0.5f + (scene.textured ? (i % 2) * 0.1f : 0));
    }
    return map;
  }

  private Validity judge(Scene scene) {
    try (FocalStack stack = stack(scene);
        DepthMap map = map(scene)) {
      metric.finish(stack, map);
      Validity validity = Validity.of(map.validity().get(0));
      float depth = map.depth().get(0);
      if (validity == Validity.VALID) {
        assertThat(depth).isFinite();
        assertThat(map.uncertainty().get(0)).isPositive();
      } else {
        assertThat(Float.valueOf(depth)).isEqualTo(Float.valueOf(validity.specialDepth()));
        assertThat(map.uncertainty().get(0)).isNaN();
      }
      int counted = 0;
      for (int code = 0; code < Validity.count(); code++) {
        counted += map.info().count(Validity.of(code));
      }
      assertThat(counted).isEqualTo(map.pixels());
      return validity;
    }
  }

  @Property(tries = 50, seed = "20261120")
  void shouldTurnPositionsIntoMetresByTheVergence(
      @ForAll @DoubleRange(min = 0.2, max = 0.8) double position,
      @ForAll @DoubleRange(min = 0.2, max = 5) double farthest,
      @ForAll @DoubleRange(min = 6, max = 20) double nearest) {
    Scene scene = new Scene();
    scene.position = (float) position;
    scene.farthest = farthest;
    scene.nearest = nearest;
    try (FocalStack stack = stack(scene);
        DepthMap map = map(scene)) {
      metric.finish(stack, map);
      double focus = farthest + (float) position * (nearest - farthest);
      assertThat(map.depth().get(7)).isCloseTo((float) (1 / focus), within(1e-5f));
      double sigma = Math.sqrt(2) * 0.01f * (nearest - farthest) / (focus * focus);
      assertThat(map.uncertainty().get(7)).isCloseTo((float) sigma, within(1e-5f));
      assertThat(map.info().farthestDepth()).isCloseTo(1 / farthest, within(1e-12));
      assertThat(map.info().nearestDepth()).isCloseTo(1 / nearest, within(1e-12));
    }
  }

  @Property(tries = 200, seed = "20261120")
  void shouldPublishTheFirstReasonThatApplies(@ForAll long seed) {
    Random random = new Random(seed);
    Scene scene = new Scene();
    scene.missing = random.nextInt(4) == 0;
    scene.settled = random.nextInt(4) != 0;
    scene.moved = random.nextInt(4) == 0;
    scene.luma = random.nextInt(4) == 0 ? 255 : 100;
    scene.confidence = random.nextInt(3) == 0 ? 0.2f : 0.99f;
    scene.textured = random.nextBoolean();
    Validity expected = Validity.VALID;
    if (scene.missing) {
      expected = Validity.PLANE_MISSING;
    } else if (!scene.settled) {
      expected = Validity.LENS_UNSETTLED;
    } else if (scene.moved) {
      expected = Validity.MOVED;
    } else if (scene.confidence < 0.5) {
      Validity blank = scene.textured ? Validity.AMBIGUOUS : Validity.NO_TEXTURE;
      expected = scene.luma == 255 ? Validity.SATURATED : blank;
    }
    assertThat(judge(scene)).isEqualTo(expected);
  }

  /** Contrast of texture on each plane, blurred in proportion to the distance from the surface. */
  private static double[] blurred(double surfacePlane, double blurPerPlane) {
    double[] contrast = new double[PLANES];
    for (int i = 0; i < PLANES; i++) {
      double radius = blurPerPlane * (i - surfacePlane);
      contrast[i] = 15 / (1 + radius * radius);
    }
    return contrast;
  }

  @Property(tries = 100, seed = "20261120")
  void shouldKeepASurfaceAtAnEndPlaneAndCallOneBeyondItOutside(
      @ForAll @DoubleRange(min = 0.5, max = 1.2) double blur,
      @ForAll @DoubleRange(min = 0, max = 0.35) double inside,
      @ForAll @DoubleRange(min = 0.9, max = 1.4) double beyond) {
    Scene scene = new Scene();
    scene.luma = 60;
    scene.position = 0;
    scene.contrastOfPlane = blurred(inside, blur);
    assertThat(judge(scene)).isEqualTo(Validity.VALID);
    scene.contrastOfPlane = blurred(-beyond, blur);
    assertThat(judge(scene)).isEqualTo(Validity.BEYOND_SWEEP);
    scene.position = 1;
    scene.contrastOfPlane = blurred(PLANES - 1 - inside, blur);
    assertThat(judge(scene)).isEqualTo(Validity.VALID);
    scene.contrastOfPlane = blurred(PLANES - 1 + beyond, blur);
    assertThat(judge(scene)).isEqualTo(Validity.NEARER_THAN_SWEEP);
    scene.confidence = 0.1f;
    assertThat(judge(scene)).as("not confident").isEqualTo(Validity.AMBIGUOUS);
  }

  /** What lies beyond an image's border was filled up, not seen. */
  @Test
  void shouldCallOutsideViewWhatTheImagesInFocusDidNotSee() {
    Scene scene = new Scene();
    scene.missing = false;
    for (int shifted = 0; shifted < PLANES; shifted++) {
      try (FocalStack stack = stack(scene);
          DepthMap map = map(scene)) {
        // Its image lies three pixels to the right of the common view.
        stack.frame(shifted).viewToImage().set(1, 0, 3, 0, 1, 0);
        metric.finish(stack, map);
        boolean matters = Math.abs(shifted - 2) <= 1; // Depth is that of plane 2.
        for (int x = 0; x < SIZE; x++) {
          Validity expected = matters && x >= SIZE - 3 ? Validity.OUTSIDE_VIEW : Validity.VALID;
          assertThat(Validity.of(map.validity().get(5 * SIZE + x))).isEqualTo(expected);
        }
        assertThat(map.info().count(Validity.OUTSIDE_VIEW)).isEqualTo(matters ? 3 * SIZE : 0);
      }
    }
  }

  @Test
  void shouldCallItBeyondWhereTheSweepReachesInfinityAndThePixelIsThere() {
    Scene scene = new Scene();
    scene.farthest = 0;
    scene.position = 0;
    assertThat(judge(scene)).isEqualTo(Validity.BEYOND_SWEEP);
    scene.position = -0.01f;
    assertThat(judge(scene)).isEqualTo(Validity.BEYOND_SWEEP);
    scene.position = Float.NaN;
    assertThat(judge(scene)).isEqualTo(Validity.AMBIGUOUS);
  }

  @Test
  void shouldTakeAConfidenceThatIsNoNumberForNone() {
    Scene scene = new Scene();
    scene.confidence = Float.NaN;
    assertThat(judge(scene)).isEqualTo(Validity.AMBIGUOUS);
  }

  @Test
  void shouldSayHowOldThePixelIs() {
    Scene scene = new Scene();
    scene.position = 0.25f;
    try (FocalStack stack = stack(scene);
        DepthMap map = map(scene)) {
      metric.finish(stack, map);
      assertThat(map.age().get(0)).isCloseTo(0.003f, within(1e-6f));
      assertThat(map.info().stampNanos()).isEqualTo(4_000_000);
      assertThat(map.info().oldestStampNanos()).isZero();
    }
  }

  @Test
  void shouldAddTheDepthOffset() {
    Scene scene = new Scene();
    try (FocalStack stack = stack(scene);
        DepthMap map = map(scene)) {
      new DepthPostProcessor(THRESHOLDS, 0.02).finish(stack, map);
      assertThat(map.depth().get(0)).isCloseTo(1 / 6f + 0.02f, within(1e-6f));
    }
  }
}
