package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.registration.Texture;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that maps of different views are not fused. */
class StillFilterViewTest {
  private static final int SIZE = 160;
  private static final int PLANES = 5;
  private static final float PLANE = 1f / (PLANES - 1);
  private static final int MIDDLE = SIZE / 2 * SIZE + SIZE / 2;
  private static final int LEFT = SIZE / 2 * SIZE;

  private final FramePool frames = new FramePool(60);
  private final ScriptedEstimator script = new ScriptedEstimator(0.1f * PLANE);
  private final StillFilter filter = new StillFilter(ValidityThresholds.DEFAULTS);
  private final DepthMapPool maps = new DepthMapPool(1);
  private long keyframe = -1;
  private int keyframes;
  private int fused;
  private int suspended;
  private int unsureFrom = Integer.MAX_VALUE;
  private int fusedUnsure;

  @AfterEach
  void shouldHaveClosedEverything() {
    assertThat(frames.leased()).isZero();
    assertThat(maps.leased()).isZero();
  }

  /** Filters maps whose estimates alternate, so that a fused one is not its own. */
  private void run(RollingStackConfig config, int count, IntFunction<Frame> images) {
    FocusAxis axis = new FocusAxis(FocusScale.DIOPTRE, new double[] {2, 4, 6, 8, 10});
    try (RollingFocalStack rolling = new RollingFocalStack(axis, config)) {
      for (int number = 0; number < count; number++) {
        try (Frame frame = images.apply(number)) {
          rolling.offer(frame);
        }
        FocalStack stack = rolling.takeStack();
        if (stack == null) {
          continue;
        }
        script.confidence = number >= unsureFrom ? 0.9f : 0.98f;
        script.position = 0.5f + (number % 2 == 0 ? 0.04f : -0.04f) * PLANE;
        try (stack;
            DepthMap map = Objects.requireNonNull(maps.tryLease(SIZE, SIZE))) {
          script.estimate(stack, map);
          filter.apply(stack, map);
          check(stack, map);
        }
      }
    }
  }

  private void check(FocalStack stack, DepthMap map) {
    boolean own = map.position().get(MIDDLE) == script.position;
    fused += own ? 0 : 1;
    fusedUnsure += own || script.confidence > 0.94f ? 0 : 1;
    if (stack.registration() == RegistrationMode.OFF) {
      suspended++;
    } else if (stack.keyframeStampNanos() != keyframe) {
      assertThat(own).as("first map of a keyframe").isTrue();
      keyframes++;
    }
    keyframe = stack.keyframeStampNanos();
    // Where the frame of the plane in focus does not reach, the estimate is invented.
    if (stack.frame(2).viewToImage().x(0, SIZE / 2.0) < -1) {
      assertThat(map.position().get(LEFT)).isEqualTo(script.position);
    }
  }

  private static double focus(int number) {
    return 2 + 2 * (number % PLANES);
  }

  @Test
  void shouldBeginAnewWithEachKeyframeAndWherePixelsWereNotSeen() {
    Texture texture = new Texture(5);
    run(
        RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.FULL),
        60,
        number -> {
          Affine shifted = new Affine().set(1, 0, -0.4 * number, 0, 1, 0);
          return texture.frame(frames, SIZE, SIZE, shifted, number, focus(number));
        });
    assertThat(keyframes).isGreaterThan(2);
    assertThat(fused).isGreaterThan(20);
  }

  @Test
  void shouldNotFuseWhileTheCameraMovesFast() {
    Texture texture = new Texture(5);
    run(
        RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.FULL),
        60,
        number -> {
          Affine shifted = new Affine().set(1, 0, -number, 0, 1, 0);
          return texture.frame(frames, SIZE, SIZE, shifted, number, focus(number));
        });
    assertThat(keyframes).isGreaterThan(2);
    // In the first sweep a frame has none before it to compare with.
    assertThat(fused).isLessThan(PLANES);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4})
  void shouldCloseHolesOnlyWhileTheCameraStandsStill(double pixelsPerFrame) {
    Texture texture = new Texture(5);
    unsureFrom = 21;
    run(
        RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.FULL),
        25,
        number -> {
          Affine shifted = new Affine().set(1, 0, -pixelsPerFrame * number, 0, 1, 0);
          return texture.frame(frames, SIZE, SIZE, shifted, number, focus(number));
        });
    assertThat(fused).isGreaterThan(3);
    assertThat(fusedUnsure).isEqualTo(pixelsPerFrame == 0 ? 4 : 0);
  }

  /** Motion is not marked here, so that nothing else keeps these maps apart. */
  @Test
  void shouldNotFuseWhileRegistrationIsSuspended() {
    IntFunction<Frame> jumps =
        number ->
            new Texture(number).frame(frames, SIZE, SIZE, new Affine(), number, focus(number));
    RollingStackConfig blind = RollingStackConfig.DEFAULTS.withMotionThreshold(0);
    run(blind.withRegistration(RegistrationMode.FULL), 100, jumps);
    assertThat(suspended).isGreaterThan(10);
    assertThat(fused).isZero();

    run(blind.withRegistration(RegistrationMode.OFF), 30, jumps);
    assertThat(fused).as("a camera that is said to stand still").isGreaterThan(10);
  }
}
