package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.registration.Texture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingFocalStackTest {
  private static final long TICK = 10_000_000;
  private static final int SIZE = 16;

  private final FramePool pool = new FramePool(200);

  enum Sweep {
    SAW,
    TRIANGLE,
    SINE;

    /** Focus at a tick of a sweep over dioptres 1 to {@code planes}. */
    double focus(int tick, int planes) {
      return switch (this) {
        case SAW -> 1 + Math.floorMod(tick, planes);
        case TRIANGLE -> {
          int at = Math.floorMod(tick, 2 * planes - 2);
          yield 1 + (at < planes ? at : 2 * planes - 2 - at);
        }
        case SINE ->
            1 + (planes - 1) * (0.5 - 0.5 * Math.cos(Math.PI * (tick + 0.5) / (2 * planes)));
      };
    }

    int periodTicks(int planes) {
      return switch (this) {
        case SAW -> planes;
        case TRIANGLE -> 2 * planes - 2;
        case SINE -> 4 * planes;
      };
    }
  }

  @AfterEach
  void shouldLeaveNoFrameLeased() {
    assertThat(pool.leased()).isZero();
  }

  private FrameResult offer(RollingFocalStack stack, long stamp, double focus) {
    try (Frame frame = TestFrames.flat(pool, SIZE, SIZE, 100, stamp, focus)) {
      return stack.offer(frame);
    }
  }

  private static RollingFocalStack rolling(int planes, boolean allowMissing) {
    return new RollingFocalStack(
        FocusAxis.uniformDioptres(1, planes, planes),
        new RollingStackConfig(0, allowMissing, 1, 0, RegistrationMode.OFF));
  }

  @Property(tries = 60, seed = "20261120")
  void shouldGiveAStackAfterEveryFrameOnceAllPlanesWereSeen(
      @ForAll Sweep sweep, @ForAll @IntRange(min = 3, max = 64) int planes) {
    try (RollingFocalStack rolling = rolling(planes, false)) {
      int period = sweep.periodTicks(planes);
      for (int tick = 0; tick < 3 * period; tick++) {
        assertThat(offer(rolling, tick * TICK, sweep.focus(tick, planes)).isPlaced()).isTrue();
        try (FocalStack stack = rolling.takeStack()) {
          if (tick >= period) {
            assertThat(stack).isNotNull();
          }
          if (stack != null) {
            assertThat(stack.stampNanos()).isEqualTo(tick * TICK);
            assertThat(stack.reference().focus().focus()).isEqualTo(sweep.focus(tick, planes));
          }
        }
      }
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(period * TICK);
    }
    shouldLeaveNoFrameLeased();
  }

  @Property(tries = 100, seed = "20261120")
  void shouldHoldTheNewestFrameOfEveryPlaneWhateverComes(@ForAll long seed) {
    Random random = new Random(seed);
    int planes = 3 + random.nextInt(10);
    long maxAge = (planes + random.nextInt(2 * planes)) * TICK;
    FocusAxis axis = FocusAxis.uniformDioptres(1, planes, planes);
    long[] newest = new long[planes];
    Arrays.fill(newest, Long.MIN_VALUE);
    boolean due = false;
    try (RollingFocalStack rolling =
        new RollingFocalStack(
            axis, new RollingStackConfig(maxAge, false, 1, 0, RegistrationMode.OFF))) {
      for (int tick = 0; tick < 6 * planes; tick++) {
        long stamp = Math.max(0, tick - random.nextInt(3)) * TICK;
        double focus = 0.2 + random.nextDouble() * (planes + 0.8);
        FrameResult placement = offer(rolling, stamp, focus);
        if (placement == FrameResult.RESTARTED_BY_TIME) {
          Arrays.fill(newest, Long.MIN_VALUE);
        }
        int plane = axis.planeOf(focus);
        assertThat(placement == FrameResult.OUT_OF_SWEEP).isEqualTo(plane < 0);
        if (placement.isPlaced()) {
          assertThat(stamp).isGreaterThan(newest[plane]);
          newest[plane] = stamp;
        }
        long stackTime = Arrays.stream(newest).max().getAsLong();
        boolean ready = true;
        for (long each : newest) {
          ready &= each != Long.MIN_VALUE && stackTime - each <= maxAge;
        }
        assertThat(rolling.isReady()).isEqualTo(ready);
        try (FocalStack stack = rolling.takeStack()) {
          due |= placement.isPlaced();
          assertThat(stack != null).isEqualTo(ready && due);
          due &= stack == null;
          if (stack != null) {
            for (int i = 0; i < planes; i++) {
              assertThat(stack.frame(i).stampNanos()).isEqualTo(newest[i]);
              assertThat(stack.ageNanos(i)).isBetween(0L, maxAge);
            }
            assertThat(stack.stampNanos()).isEqualTo(stackTime);
          }
        }
      }
    }
    shouldLeaveNoFrameLeased();
  }

  @Property(tries = 60, seed = "20261120")
  void shouldKeepActualReadingsStrictlyAscending(@ForAll long seed, @ForAll boolean allowMissing) {
    Random random = new Random(seed);
    int planes = 3 + random.nextInt(20);
    try (RollingFocalStack rolling = rolling(planes, allowMissing)) {
      for (int tick = 0; tick < 5 * planes; tick++) {
        double focus = Sweep.TRIANGLE.focus(tick, planes) + (random.nextDouble() - 0.5);
        offer(rolling, tick * TICK, focus);
        try (FocalStack stack = rolling.takeStack()) {
          for (int i = 1; stack != null && i < planes; i++) {
            assertThat(stack.focus(i)).isGreaterThan(stack.focus(i - 1));
            assertThat(stack.position(i)).isGreaterThan(stack.position(i - 1));
          }
        }
      }
    }
    shouldLeaveNoFrameLeased();
  }

  @Test
  void shouldLetReadinessLapseWhenAPlaneGrowsTooOld() {
    try (RollingFocalStack rolling = rolling(4, false)) {
      for (int tick = 0; tick < 12; tick++) {
        offer(rolling, tick * TICK, 1 + tick % 4);
      }
      assertThat(rolling.isReady()).isTrue();
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(4 * TICK);
      offer(rolling, 14 * TICK, 1);
      assertThat(rolling.isReady()).isTrue();
      offer(rolling, 15 * TICK, 1);
      assertThat(rolling.isReady()).as("plane 1 is now 6 ticks old, the limit").isTrue();
      offer(rolling, 16 * TICK, 1);
      assertThat(rolling.isReady()).as("plane 1 is now 7 ticks old").isFalse();
    }
  }

  @Test
  void shouldRefuseDuplicatesAndLateFramesWithTheirCause() {
    try (RollingFocalStack rolling = rolling(3, false)) {
      assertThat(offer(rolling, 5 * TICK, 1)).isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 5 * TICK, 1)).isEqualTo(FrameResult.DUPLICATE);
      assertThat(offer(rolling, 4 * TICK, 1)).isEqualTo(FrameResult.LATE);
      assertThat(offer(rolling, 4 * TICK, 2))
          .as("its own plane is empty")
          .isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 6 * TICK, Double.NaN)).isEqualTo(FrameResult.NO_READING);
      assertThat(offer(rolling, 6 * TICK, 9)).isEqualTo(FrameResult.OUT_OF_SWEEP);
      assertThat(offer(rolling, 6 * TICK, Double.POSITIVE_INFINITY))
          .isEqualTo(FrameResult.OUT_OF_SWEEP);
    }
  }

  @Test
  void shouldStartAgainWhenTimeJumpsBack() {
    try (RollingFocalStack rolling = rolling(3, false)) {
      for (int tick = 100; tick < 109; tick++) {
        offer(rolling, tick * TICK, 1 + tick % 3);
      }
      List<FrameResult> placements = new ArrayList<>();
      for (int tick = 0; tick < 6; tick++) {
        placements.add(offer(rolling, tick * TICK, 1 + tick % 3));
      }
      assertThat(placements)
          .containsExactly(
              FrameResult.LATE,
              FrameResult.LATE,
              FrameResult.RESTARTED_BY_TIME,
              FrameResult.PLACED,
              FrameResult.PLACED,
              FrameResult.PLACED);
      assertThat(rolling.isReady()).isTrue();
    }
  }

  @Test
  void shouldStartAgainWhenOneSweepIsPlayedAgainWithTheSameStamps() {
    try (RollingFocalStack rolling = rolling(5, false)) {
      List<FrameResult> placements = new ArrayList<>();
      for (int tick = 0; tick < 10; tick++) {
        placements.add(offer(rolling, tick % 5 * TICK, 1 + tick % 5));
      }
      assertThat(placements.subList(5, 10))
          .containsExactly(
              FrameResult.DUPLICATE,
              FrameResult.DUPLICATE,
              FrameResult.RESTARTED_BY_TIME,
              FrameResult.PLACED,
              FrameResult.PLACED);
    }
  }

  @Test
  void shouldLetPlanesGrowOldWhereOneIsNeverSeen() {
    try (RollingFocalStack rolling = rolling(5, true)) {
      for (int tick = 0; tick < 30; tick++) {
        if (tick % 5 != 3 && (tick < 15 || tick % 5 != 1)) {
          offer(rolling, tick * TICK, 1 + tick % 5);
        }
      }
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(5 * TICK);
      try (FocalStack stack = rolling.takeStack()) {
        assertThat(stack.isMissing(3)).as("never seen").isTrue();
        assertThat(stack.isMissing(1)).as("last seen long ago").isTrue();
        assertThat(stack.planesMissing()).isEqualTo(2);
      }
    }
  }

  @Test
  void shouldRecoverFromAStampFarInTheFuture() {
    try (RollingFocalStack rolling = rolling(3, false)) {
      for (int tick = 0; tick < 9; tick++) {
        offer(rolling, tick * TICK, 1 + tick % 3);
      }
      offer(rolling, 1_000_000 * TICK, 1);
      assertThat(rolling.isReady()).isFalse();
      for (int tick = 10; tick < 16; tick++) {
        offer(rolling, tick * TICK, 1 + tick % 3);
      }
      assertThat(rolling.isReady()).isTrue();
    }
  }

  @Test
  void shouldStartAgainWhenTheImageSizeChanges() {
    try (RollingFocalStack rolling = rolling(3, false)) {
      for (int tick = 0; tick < 3; tick++) {
        offer(rolling, tick * TICK, 1 + tick);
      }
      assertThat(rolling.isReady()).isTrue();
      try (Frame larger = TestFrames.flat(pool, 2 * SIZE, SIZE, 1, 3 * TICK, 1)) {
        assertThat(rolling.offer(larger)).isEqualTo(FrameResult.RESTARTED_BY_SIZE);
      }
      assertThat(rolling.freshPlanes()).isEqualTo(1);
      assertThat(rolling.takeStack()).isNull();
    }
  }

  @Test
  void shouldWaitForMissingPlanesUnlessAllowedToBorrow() {
    try (RollingFocalStack strict = rolling(5, false);
        RollingFocalStack lenient = rolling(5, true)) {
      for (int tick = 0; tick < 5; tick++) {
        if (tick != 3) {
          offer(strict, tick * TICK, 1 + tick);
          offer(lenient, tick * TICK, 1 + tick);
        }
      }
      assertThat(strict.takeStack()).isNull();
      try (FocalStack stack = lenient.takeStack()) {
        assertThat(stack).isNotNull();
        assertThat(stack.planesMissing()).isEqualTo(1);
        assertThat(stack.isMissing(3)).isTrue();
        assertThat(stack.focus(3)).isEqualTo(4);
        assertThat(stack.frame(3)).isIn(stack.frame(2), stack.frame(4));
        assertThat(stack.referencePlane()).isEqualTo(4);
      }
    }
  }

  @Test
  void shouldGiveAStackEveryNthFrame() {
    try (RollingFocalStack rolling =
        new RollingFocalStack(
            FocusAxis.uniformDioptres(1, 3, 3),
            new RollingStackConfig(0, false, 3, 0, RegistrationMode.OFF))) {
      int stacks = 0;
      for (int tick = 0; tick < 30; tick++) {
        offer(rolling, tick * TICK, 1 + tick % 3);
        try (FocalStack stack = rolling.takeStack()) {
          stacks += stack == null ? 0 : 1;
        }
      }
      assertThat(stacks).isEqualTo(10);
    }
  }

  @Test
  void shouldMeasureThePeriodThroughADroppedFrame() {
    try (RollingFocalStack rolling = rolling(5, false)) {
      for (int tick = 0; tick < 40; tick++) {
        if (tick != 22) {
          offer(rolling, tick * TICK, 1 + tick % 5);
        }
      }
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(5 * TICK);
    }
  }

  @Test
  void shouldMarkWhereTheSceneMovedAndNotWhereOnlyTheLightChanged() {
    FocusAxis axis = FocusAxis.uniformDioptres(1, 3, 3);
    try (RollingFocalStack rolling = new RollingFocalStack(axis, RollingStackConfig.DEFAULTS)) {
      for (int tick = 0; tick < 6; tick++) {
        int flicker = tick >= 3 ? 110 : 100;
        int object = tick >= 3 ? 24 : 8;
        try (Frame frame =
            TestFrames.of(
                pool,
                64,
                64,
                (x, y) -> (x >= object && x < object + 8 && y < 8) ? 200 : flicker,
                tick * TICK,
                FocusReading.at(1 + tick % 3))) {
          rolling.offer(frame);
          if (tick >= 3) {
            assertThat(frame.changedCells().count()).isEqualTo(2);
            assertThat(frame.changedCells().atPixel(8, 0)).isTrue();
            assertThat(frame.changedCells().atPixel(24, 7)).isTrue();
          } else {
            assertThat(frame.changedCells().count()).isZero();
          }
        }
      }
    }
  }

  private FrameResult offer(RollingFocalStack stack, long stamp, double focus, boolean settled) {
    FocusReading reading = new FocusReading(focus, Double.NaN, settled, Float.NaN, 0);
    try (Frame frame = TestFrames.of(pool, SIZE, SIZE, (x, y) -> 100, stamp, reading)) {
      return stack.offer(frame);
    }
  }

  /** Sweeps over planes {@code from} to {@code to}, a frame each, and returns the next tick. */
  private int sweep(RollingFocalStack stack, int tick, int sweeps, int from, int to, int ticks) {
    int at = tick;
    for (int k = 0; k < sweeps; k++) {
      for (int plane = from; plane <= to; plane++) {
        offer(stack, at * TICK, 1 + plane);
        at += ticks;
      }
    }
    return at;
  }

  /** Which planes are missing in the stack of now; null if there is no stack. */
  private static boolean[] missing(RollingFocalStack rolling) {
    try (FocalStack stack = rolling.takeStack()) {
      if (stack == null) {
        return null;
      }
      boolean[] missing = new boolean[stack.planes()];
      for (int plane = 0; plane < missing.length; plane++) {
        missing[plane] = stack.isMissing(plane);
      }
      return missing;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void shouldLetPlanesGrowOldThatANarrowedSweepNoLongerVisits(int wholeSweeps) {
    for (int from : new int[] {0, 3}) {
      try (RollingFocalStack rolling = rolling(10, true)) {
        int tick = sweep(rolling, 0, wholeSweeps, 0, 9, 1);
        sweep(rolling, tick, 4, from, from + 6, 1);
        boolean[] missing = missing(rolling);
        for (int plane = 0; plane < 10; plane++) {
          assertThat(missing[plane])
              .as("plane " + plane)
              .isEqualTo(plane < from || plane > from + 6);
        }
        assertThat(rolling.measuredPeriodNanos()).isEqualTo(7 * TICK);
      }
    }
  }

  @Test
  void shouldLetAPlaneGrowOldThatOnlyAHomingMoveVisited() {
    try (RollingFocalStack rolling = rolling(10, true)) {
      offer(rolling, 0, 10);
      offer(rolling, TICK, 1);
      int tick = sweep(rolling, 600, 3, 2, 7, 1);
      boolean[] missing = missing(rolling);
      assertThat(missing[0]).isTrue();
      assertThat(missing[9]).isTrue();
      assertThat(missing[4]).isFalse();
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(6 * TICK);
      offer(rolling, tick * TICK, 10); // One stray reading.
      sweep(rolling, tick + 1, 4, 2, 7, 1);
      assertThat(missing(rolling)[9]).isTrue();
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(6 * TICK);
    }
  }

  @Test
  void shouldBoundAgesBeforeAnyPlaneWasVisitedTwice() {
    try (RollingFocalStack rolling = rolling(10, true)) {
      sweep(rolling, 0, 1, 0, 4, 1);
      assertThat(rolling.maxStackAgeNanos()).isEqualTo(30 * TICK);
      // The lens rested, and the robot drove on.
      sweep(rolling, 5000, 1, 5, 9, 1);
      assertThat(rolling.freshPlanes()).isEqualTo(5);
      assertThat(rolling.measuredPeriodNanos()).isZero();
    }
  }

  @Test
  void shouldNotTakeAPauseForAPeriod() {
    for (int before = 1; before <= 4; before++) {
      try (RollingFocalStack rolling = rolling(10, false)) {
        int tick = sweep(rolling, 0, before, 0, 9, 1);
        tick = sweep(rolling, tick + 1000, 1, 0, 4, 1);
        assertThat(rolling.isReady()).as("half of the planes are from before").isFalse();
        assertThat(rolling.freshPlanes()).isEqualTo(5);
        tick = sweep(rolling, tick, 1, 5, 9, 1);
        sweep(rolling, tick, 2, 0, 9, 1);
        assertThat(rolling.isReady()).isTrue();
        assertThat(rolling.measuredPeriodNanos()).isLessThanOrEqualTo(20 * TICK);
      }
    }
  }

  @Test
  void shouldNotCallPlanesFreshWhileTheLensRestsOnOne() {
    try (RollingFocalStack rolling = rolling(5, false)) {
      int tick = sweep(rolling, 0, 3, 0, 4, 1);
      for (int i = 0; i < 10; i++) {
        offer(rolling, (tick + i) * TICK, 1);
      }
      assertThat(rolling.freshPlanes()).isEqualTo(1);
      sweep(rolling, tick + 10, 1, 1, 4, 1);
      assertThat(rolling.isReady()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 1})
  void shouldFollowASweepThatChangesItsPace(int ticksAfter) {
    int ticksBefore = 4 - ticksAfter;
    try (RollingFocalStack rolling = rolling(6, false)) {
      int tick = sweep(rolling, 0, 6, 0, 5, ticksBefore);
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(6 * ticksBefore * TICK);
      tick = sweep(rolling, tick, 6, 0, 5, ticksAfter);
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(6 * ticksAfter * TICK);
      assertThat(rolling.isReady()).isTrue();
      sweep(rolling, tick, 3, 0, 3, ticksAfter);
      assertThat(rolling.freshPlanes()).isEqualTo(4);
    }
  }

  @Test
  void shouldMeasureFromTheFirstSweepBackAndForth() {
    try (RollingFocalStack rolling = rolling(10, true)) {
      for (int tick = 0; tick < 40; tick++) {
        offer(rolling, tick * TICK, Sweep.TRIANGLE.focus(tick, 10));
        boolean[] missing = missing(rolling);
        if (tick >= 9) {
          assertThat(missing).as("tick " + tick).doesNotContain(true);
        }
      }
      assertThat(rolling.measuredPeriodNanos()).isEqualTo(18 * TICK);
    }
  }

  @Test
  void shouldNotUseAFocusBeyondInfinity() {
    try (RollingFocalStack rolling =
        new RollingFocalStack(
            FocusAxis.uniformDioptres(0, 9, 10),
            new RollingStackConfig(0, false, 1, 0, RegistrationMode.OFF))) {
      assertThat(offer(rolling, 1, -0.3)).isEqualTo(FrameResult.OUT_OF_SWEEP);
      assertThat(offer(rolling, 2, -1e-9)).isEqualTo(FrameResult.OUT_OF_SWEEP);
      assertThat(offer(rolling, 3, Double.NEGATIVE_INFINITY)).isEqualTo(FrameResult.OUT_OF_SWEEP);
      assertThat(offer(rolling, 4, 0)).isEqualTo(FrameResult.PLACED);
    }
  }

  @Test
  void shouldNotLetAnUnsettledFrameDisplaceAFreshSettledOne() {
    try (RollingFocalStack rolling = rolling(5, false)) {
      int tick = sweep(rolling, 0, 3, 0, 4, 1);
      try (FocalStack stack = rolling.takeStack()) {
        assertThat(stack).isNotNull();
      }
      assertThat(offer(rolling, tick * TICK, 3, false)).isEqualTo(FrameResult.UNSETTLED);
      assertThat(rolling.takeStack()).as("nothing new to compute").isNull();
      assertThat(offer(rolling, (tick + 1) * TICK, 1)).isEqualTo(FrameResult.PLACED);
      try (FocalStack stack = rolling.takeStack()) {
        for (int plane = 0; plane < 5; plane++) {
          assertThat(stack.frame(plane).focus().settled()).isTrue();
        }
      }
    }
  }

  @Test
  void shouldUseUnsettledFramesWhereAPlaneHasNoOther() {
    try (RollingFocalStack rolling = rolling(3, false)) {
      assertThat(offer(rolling, TICK, 1, false)).isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 2 * TICK, 2, true)).isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 3 * TICK, 3, true)).isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 4 * TICK, 1, false)).as("newer").isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 5 * TICK, 1, true)).as("better").isEqualTo(FrameResult.PLACED);
      assertThat(offer(rolling, 6 * TICK, 1, false)).isEqualTo(FrameResult.UNSETTLED);
    }
  }

  /** A driver that never says settled again must not freeze the stack's time. */
  @Test
  void shouldLetSettledFramesGrowOldWhileOnlyUnsettledOnesArrive() {
    try (RollingFocalStack rolling = rolling(4, false)) {
      int tick = sweep(rolling, 0, 3, 0, 3, 1);
      int refused = 0;
      for (int i = 0; i < 12; i++) {
        refused += offer(rolling, (tick + i) * TICK, 1 + i % 4, false).isPlaced() ? 0 : 1;
      }
      assertThat(refused).isEqualTo(4);
      assertThat(rolling.isReady()).isTrue();
    }
  }

  private FrameResult offer(RollingFocalStack stack, Texture texture, long stamp, double focus) {
    try (Frame frame = texture.frame(pool, 160, 120, new Affine(), stamp, focus)) {
      return stack.offer(frame);
    }
  }

  @Test
  void shouldNotUseAFrameThatCannotBeRegistered() {
    RollingStackConfig config = RollingStackConfig.DEFAULTS;
    Texture scene = new Texture(1);
    try (RollingFocalStack rolling =
        new RollingFocalStack(FocusAxis.uniformDioptres(1, 3, 3), config)) {
      for (int i = 0; i < 4; i++) {
        assertThat(offer(rolling, scene, i + 1, 1 + i % 3)).isEqualTo(FrameResult.PLACED);
        closeStack(rolling);
      }
      assertThat(offer(rolling, new Texture(50), 5, 2)).isEqualTo(FrameResult.UNREGISTERED);
      assertThat(rolling.freshPlanes()).isEqualTo(3);
      assertThat(offer(rolling, scene, 6, 3)).isEqualTo(FrameResult.PLACED);
    }
  }

  @Test
  void shouldBeginAnewWhereTheViewIsAnother() {
    Texture elsewhere = new Texture(60);
    try (RollingFocalStack rolling =
        new RollingFocalStack(FocusAxis.uniformDioptres(1, 3, 3), RollingStackConfig.DEFAULTS)) {
      for (int i = 0; i < 3; i++) {
        offer(rolling, new Texture(1), i + 1, 1 + i);
      }
      closeStack(rolling);
      FrameResult result = FrameResult.UNREGISTERED;
      for (int i = 3; result == FrameResult.UNREGISTERED; i++) {
        assertThat(i).as("frames until it begins anew").isLessThan(9);
        result = offer(rolling, elsewhere, i + 1, 1 + i % 3);
      }
      assertThat(result).isEqualTo(FrameResult.RESTARTED_BY_MOTION);
      assertThat(rolling.freshPlanes()).isEqualTo(1);
    }
  }

  private static void closeStack(RollingFocalStack rolling) {
    try (FocalStack stack = rolling.takeStack()) {
      assertThat(stack == null || stack.planes() == 3).isTrue();
    }
  }

  /** A camera that moves is no moving scene; an object that moves is one, also then. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTellMovingThingsFromAMovingCamera(boolean objectMoves) {
    Texture scene = new Texture(3);
    Texture object = new Texture(4);
    Random random = new Random(5);
    FocusAxis axis = FocusAxis.uniformDioptres(1, 3, 3);
    try (RollingFocalStack rolling = new RollingFocalStack(axis, RollingStackConfig.DEFAULTS)) {
      int marked = 0;
      int inObject = 0;
      for (int i = 0; i < 12; i++) {
        double shiftX = 2 * random.nextGaussian();
        double shiftY = 2 * random.nextGaussian();
        int left = objectMoves ? 40 + 3 * i : 40;
        Frame image =
            TestFrames.of(
                pool,
                160,
                120,
                (x, y) -> {
                  double viewX = x - shiftX;
                  double viewY = y - shiftY;
                  boolean inside = viewX > left && viewX < left + 32 && viewY > 40 && viewY < 72;
                  return (int)
                      Math.round(inside ? object.at(viewX - left, viewY) : scene.at(viewX, viewY));
                },
                i + 1,
                FocusReading.at(1 + i % 3));
        try (image) {
          assertThat(rolling.offer(image)).isEqualTo(FrameResult.PLACED);
        }
        try (FocalStack stack = rolling.takeStack()) {
          if (stack != null && i >= 9) {
            CellMask changed = stack.reference().changedCells();
            marked += changed.count();
            Affine toView = stack.outputToView();
            int x = (int) toView.x(left + 16 + shiftX, 56 + shiftY);
            int y = (int) toView.y(left + 16 + shiftX, 56 + shiftY);
            inObject += changed.atPixel(x, y) ? 1 : 0;
          }
        }
      }
      if (objectMoves) {
        // Textures can be alike at a place by chance.
        assertThat(inObject).isGreaterThanOrEqualTo(2);
        assertThat(marked).as("cells in three frames").isBetween(3 * 8, 3 * 70);
      } else {
        assertThat(marked).isZero();
      }
    }
  }
}
