package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link DepthEstimator} must hold, whoever subclasses this suite.
 *
 * <p>A subclass says how its estimator is made; where it needs to, it narrows sizes and plane
 * counts or widens the tolerances, and says why. After every test nothing may be leased any more.
 */
public abstract class DepthEstimatorContract {
  /** Size of an image of a test. */
  public record Size(int width, int height) {}

  protected final FramePool frames = new FramePool(256);
  protected final DepthMapPool maps = new DepthMapPool(8);

  /** A new estimator that shares nothing with those made before. */
  protected abstract DepthEstimator create() throws Exception;

  /** Sizes to be tried: the smallest, an odd one, and one wider than high. */
  protected List<Size> sizes() {
    return List.of(new Size(32, 32), new Size(61, 47), new Size(96, 64));
  }

  /** Plane counts to be tried, as far as the estimator takes them. */
  protected List<Integer> planeCounts() {
    return List.of(3, 10, 64);
  }

  /** How far two runs over the same frames may differ where one of them was rolling. */
  protected double tolerance() {
    return 1e-5;
  }

  /** How much nearer (on the axis) the near end of the slope must come out than its far end. */
  protected double leastSlope() {
    return 0.2;
  }

  @AfterEach
  protected void everythingShouldBeGivenBack() {
    assertThat(frames.leased()).as("frames still leased").isZero();
    assertThat(maps.leased()).as("depth maps still leased").isZero();
  }

  @Test
  protected void shouldSayWhatItIs() throws Exception {
    try (DepthEstimator estimator = create()) {
      assertThat(estimator.model().name()).isNotBlank();
      assertThat(estimator.model().version()).isNotBlank();
      assertThat(estimator.executionProvider()).isNotBlank();
      assertThat(estimator.minPlanes()).isGreaterThanOrEqualTo(3);
      assertThat(estimator.maxPlanes()).isBetween(estimator.minPlanes(), 64);
      assertThat(estimator.iterations()).isNotNegative();
    }
  }

  @Test
  protected void shouldFillEveryPixelOfEverySizeAndPlaneCount() throws Exception {
    for (Size size : sizes()) {
      for (int planes : planeCounts()) {
        try (DepthEstimator estimator = create()) {
          if (planes < estimator.minPlanes() || planes > estimator.maxPlanes()) {
            continue;
          }
          try (FocalStack stack =
                  SyntheticStack.stack(frames, size.width(), size.height(), planes);
              DepthMap map = unfilled(size)) {
            estimator.estimate(stack, map);
            assertFilled(map, size + " of " + planes + " planes");
          }
        }
      }
    }
  }

  @Test
  protected void shouldPutNearerThingsAtLargerPositions() throws Exception {
    Size size = new Size(96, 64);
    try (DepthEstimator estimator = create();
        FocalStack stack = usual(estimator, size);
        DepthMap map = unfilled(size)) {
      estimator.estimate(stack, map);
      double left = meanPosition(map, 0, size.width() / 4);
      double right = meanPosition(map, 3 * size.width() / 4, size.width());
      assertThat(right - left).isGreaterThan(leastSlope());
    }
  }

  @Test
  protected void shouldFillEveryPixelWhereThereIsNoTexture() throws Exception {
    Size size = new Size(61, 47);
    for (int level : new int[] {0, 128, 255}) {
      try (DepthEstimator estimator = create();
          FocalStack stack =
              SyntheticStack.flatStack(
                  frames, size.width(), size.height(), planesFor(estimator), level);
          DepthMap map = unfilled(size)) {
        estimator.estimate(stack, map);
        assertFilled(map, "flat luma " + level);
      }
    }
  }

  @Test
  protected void shouldGiveTheSameWhenCalledTwice() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator estimator = create();
        FocalStack stack = usual(estimator, size);
        DepthMap first = unfilled(size);
        DepthMap second = unfilled(size)) {
      estimator.estimate(stack, first);
      estimator.estimate(stack, second);
      assertSame(second, first, 0, "the second call");
    }
  }

  @Test
  protected void shouldGiveTheSameRollingAsAtOnce() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator rolling = create()) {
      int planes = planesFor(rolling);
      FocalStack stack = usual(rolling, size);
      for (int step = 0; step < planes + 3; step++) {
        compareWithFresh(rolling, stack, "after " + step + " new frames");
        FocalStack next = withNewFrame(stack, step % planes, planes + step);
        stack.close();
        stack = next;
      }
      stack.close();
    }
  }

  @Test
  protected void shouldNotMistakeAPooledFrameForTheOneItWasBefore() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator rolling = create()) {
      int planes = planesFor(rolling);
      double[] focus = SyntheticStack.focus(planes);
      Frame[] before = null;
      for (int round = 0; round < 3; round++) {
        Frame[] pooled = new Frame[planes];
        // Leased from the last plane to the first, each plane gets the object that it had before.
        for (int z = planes - 1; z >= 0; z--) {
          pooled[z] =
              SyntheticStack.frame(
                  frames, size.width(), size.height(), focus[z], round * planes + z, 0.1 * round);
        }
        if (before != null) {
          assertThat(pooled)
              .as("frame objects, without which this proves nothing")
              .isEqualTo(before);
        }
        before = pooled;
        FocalStack stack = SyntheticStack.stackOf(pooled, planes - 1);
        compareWithFresh(rolling, stack, "round " + round);
        stack.close();
      }
    }
  }

  @Test
  protected void shouldTellImagesApartWhateverTheirSequenceAndStamp() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator rolling = create()) {
      int planes = planesFor(rolling);
      // The last repeats the first, as a source that restarts does.
      long[][] sequencesAndStamps = {{0, 0}, {0, 500}, {100, 500}, {100, 500}, {0, 0}};
      for (int round = 0; round < sequencesAndStamps.length; round++) {
        Frame[] next = new Frame[planes];
        for (int z = 0; z < planes; z++) {
          next[z] =
              SyntheticStack.frame(
                  frames,
                  size.width(),
                  size.height(),
                  SyntheticStack.focus(planes)[z],
                  sequencesAndStamps[round][0] + z,
                  (sequencesAndStamps[round][1] + z) * SyntheticStack.PERIOD_NANOS,
                  0.1 * round);
        }
        FocalStack stack = SyntheticStack.stackOf(next, planes - 1);
        compareWithFresh(rolling, stack, "round " + round);
        stack.close();
      }
    }
  }

  @Test
  protected void shouldFollowAChangeOfSizeAndOfPlanes() throws Exception {
    try (DepthEstimator rolling = create()) {
      for (Size size : sizes()) {
        for (int planes : planeCounts()) {
          if (planes >= rolling.minPlanes() && planes <= rolling.maxPlanes()) {
            FocalStack stack = SyntheticStack.stack(frames, size.width(), size.height(), planes);
            compareWithFresh(rolling, stack, size + " of " + planes + " planes");
            stack.close();
          }
        }
      }
    }
  }

  @Test
  protected void shouldTakeAFrameThatStandsInForItsNeighbour() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator rolling = create()) {
      FocalStack whole = usual(rolling, size);
      compareWithFresh(rolling, whole, "whole");
      FocalStack gap = SyntheticStack.withStandIn(whole, 1);
      compareWithFresh(rolling, gap, "with a stand-in");
      compareWithFresh(rolling, whole, "whole again");
      gap.close();
      whole.close();
    }
  }

  @Test
  protected void shouldFollowFocusReadingsThatMoveWhileTheFramesStay() throws Exception {
    Size size = new Size(61, 47);
    try (DepthEstimator rolling = create()) {
      FocalStack stack = usual(rolling, size);
      compareWithFresh(rolling, stack, "as read");
      int planes = stack.planes();
      Frame[] same = new Frame[planes];
      double[] moved = new double[planes];
      for (int z = 0; z < planes; z++) {
        same[z] = stack.frame(z).retain();
        moved[z] = stack.focus(z) + 0.05 * z * z / planes;
      }
      FocalStack other =
          new FocalStack(stack.scale(), same, moved, new boolean[planes], planes - 1);
      compareWithFresh(rolling, other, "with other readings");
      other.close();
      stack.close();
    }
  }

  @Test
  protected void shouldRefusePlanesOutOfItsRange() throws Exception {
    try (DepthEstimator estimator = create();
        DepthMap map = unfilled(new Size(32, 32))) {
      int most = estimator.maxPlanes();
      int least = estimator.minPlanes();
      for (int planes : new int[] {least - 1, most + 1}) {
        try (FocalStack stack = SyntheticStack.stack(frames, 32, 32, planes)) {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> estimator.estimate(stack, map))
              .withMessageContaining(Integer.toString(planes))
              .withMessageContaining(Integer.toString(least))
              .withMessageContaining(Integer.toString(most));
        }
      }
    }
  }

  @Test
  protected void shouldRefuseAMapOfAnotherSize() throws Exception {
    try (DepthEstimator estimator = create();
        FocalStack stack = usual(estimator, new Size(61, 47));
        DepthMap map = unfilled(new Size(32, 32))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> estimator.estimate(stack, map))
          .withMessageContaining("61")
          .withMessageContaining("32");
    }
  }

  @Test
  protected void shouldWorkOnAfterARefusal() throws Exception {
    try (DepthEstimator estimator = create();
        FocalStack good = usual(estimator, new Size(32, 32));
        FocalStack bad = SyntheticStack.stack(frames, 32, 32, estimator.minPlanes() - 1);
        DepthMap map = unfilled(new Size(32, 32))) {
      assertThatIllegalArgumentException().isThrownBy(() -> estimator.estimate(bad, map));
      estimator.estimate(good, map);
      assertFilled(map, "after a refusal");
    }
  }

  @Test
  protected void shouldCloseMoreThanOnce() throws Exception {
    DepthEstimator estimator = create();
    try (FocalStack stack = usual(estimator, new Size(32, 32));
        DepthMap map = unfilled(new Size(32, 32))) {
      estimator.estimate(stack, map);
    }
    estimator.close();
    estimator.close();
    create().close();
  }

  /** A plane count that the estimator takes, 10 where it can. */
  protected final int planesFor(DepthEstimator estimator) {
    return Math.max(estimator.minPlanes(), Math.min(10, estimator.maxPlanes()));
  }

  private FocalStack usual(DepthEstimator estimator, Size size) {
    return SyntheticStack.stack(frames, size.width(), size.height(), planesFor(estimator));
  }

  private FocalStack withNewFrame(FocalStack stack, int plane, long sequence) {
    Frame[] next = new Frame[stack.planes()];
    for (int z = 0; z < next.length; z++) {
      next[z] =
          z == plane
              ? SyntheticStack.frame(
                  frames, stack.width(), stack.height(), stack.focus(z), sequence, 0.15)
              : stack.frame(z).retain();
    }
    return SyntheticStack.stackOf(next, plane);
  }

  private void compareWithFresh(DepthEstimator used, FocalStack stack, String when)
      throws Exception {
    Size size = new Size(stack.width(), stack.height());
    try (DepthEstimator fresh = create();
        DepthMap expected = unfilled(size);
        DepthMap actual = unfilled(size)) {
      fresh.estimate(stack, expected);
      used.estimate(stack, actual);
      assertSame(actual, expected, tolerance(), when);
    }
  }

  private DepthMap unfilled(Size size) {
    DepthMap map = maps.tryLease(size.width(), size.height());
    assertThat(map).as("depth map of the test's pool").isNotNull();
    for (FloatBuffer plane : planesOf(map)) {
      for (int i = 0; i < map.pixels(); i++) {
        plane.put(i, Float.NaN);
      }
    }
    return map;
  }

  private static void assertFilled(DepthMap map, String what) {
    for (int i = 0; i < map.pixels(); i++) {
      float error = map.error().get(i);
      boolean good =
          isShare(map.position().get(i))
              && isShare(map.confidence().get(i))
              && isShare(map.allFocus().get(i))
              && error >= 0
              && Float.isFinite(error);
      assertThat(good)
          .as(
              "%s, pixel %d: position %s, confidence %s, all-in-focus %s, error %s",
              what, i, map.position().get(i), map.confidence().get(i), map.allFocus().get(i), error)
          .isTrue();
    }
  }

  private static boolean isShare(float value) {
    return value >= 0 && value <= 1;
  }

  private static void assertSame(
      DepthMap actual, DepthMap expected, double tolerance, String when) {
    List<FloatBuffer> got = planesOf(actual);
    List<FloatBuffer> wanted = planesOf(expected);
    for (int p = 0; p < got.size(); p++) {
      double worst = 0;
      for (int i = 0; i < actual.pixels(); i++) {
        double away = Math.abs((double) got.get(p).get(i) - wanted.get(p).get(i));
        worst = Math.max(worst, Double.isNaN(away) ? Double.POSITIVE_INFINITY : away);
      }
      assertThat(worst)
          .as("largest difference in plane %d of the map, %s", p, when)
          .isLessThanOrEqualTo(tolerance);
    }
  }

  private static List<FloatBuffer> planesOf(DepthMap map) {
    return List.of(map.position(), map.error(), map.confidence(), map.allFocus());
  }

  private static double meanPosition(DepthMap map, int fromColumn, int toColumn) {
    double sum = 0;
    for (int y = 0; y < map.height(); y++) {
      for (int x = fromColumn; x < toColumn; x++) {
        sum += map.position().get(y * map.width() + x);
      }
    }
    return sum / ((double) map.height() * (toColumn - fromColumn));
  }
}
