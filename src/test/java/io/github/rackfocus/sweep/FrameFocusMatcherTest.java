package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.sweep.MatchingConfig.Between;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class FrameFocusMatcherTest {
  private static final long MS = 1_000_000;
  private static final MatchingConfig OPTIONS =
      new MatchingConfig(2, 0.5, Between.BY_DIRECTION, 0, 20 * MS, 100 * MS);

  private final FramePool pool = new FramePool(64);

  private static FocusReading reading(double focus, int direction) {
    return new FocusReading(focus, focus / 2, true, 30, direction);
  }

  private Frame frame(long stampNanos) {
    return TestFrames.of(pool, 2, 2, (x, y) -> 0, stampNanos, FocusReading.NONE);
  }

  private FocusReading matched(FrameFocusMatcher matcher, long stampNanos, long now) {
    matcher.offer(frame(stampNanos), now);
    try (Frame frame = matcher.poll(now + OPTIONS.maxWaitNanos())) {
      assertThat(frame).isNotNull();
      return frame.focus();
    }
  }

  @Test
  void shouldInterpolateWhileTheLensMovesAndHoldWhileItHolds() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, reading(2, 1));
    matcher.addReading(140 * MS, reading(4, 0));
    matcher.addReading(180 * MS, reading(9, 0));
    assertThat(matched(matcher, 110 * MS, 0).focus()).isEqualTo(2.5);
    assertThat(matched(matcher, 110 * MS, 0).lensPowerDioptres()).isEqualTo(1.25);
    assertThat(matched(matcher, 140 * MS, 0).focus()).isEqualTo(4);
    assertThat(matched(matcher, 179 * MS, 0).focus()).isEqualTo(4);
    assertThat(matched(matcher, 181 * MS, 0).focus()).isEqualTo(9);
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldCallAFrameSettledOnlyIfBothItsReadingsAre() {
    FrameFocusMatcher matcher =
        FrameFocusMatcher.byReadings(OPTIONS.withBetween(Between.LINEAR), 4);
    matcher.addReading(100 * MS, new FocusReading(1, 1, true, 0, 1));
    matcher.addReading(120 * MS, new FocusReading(2, 1, false, 0, 1));
    matcher.addReading(140 * MS, new FocusReading(3, 1, true, 0, 1));
    assertThat(matched(matcher, 110 * MS, 0).settled()).isFalse();
    assertThat(matched(matcher, 130 * MS, 0).settled()).isFalse();
    assertThat(matched(matcher, 140 * MS, 0).settled()).isTrue();
  }

  @Test
  void shouldComputeFocusFromLensPower() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, new FocusReading(Double.NaN, 3, true, 0, 0));
    matcher.addReading(110 * MS, new FocusReading(Double.NaN, -0.25, true, 0, 0));
    assertThat(matched(matcher, 105 * MS, 0).focus()).isEqualTo(6.5);
    assertThat(matched(matcher, 110 * MS, 0).focus()).isZero();
  }

  @Test
  void shouldLookAtMidExposure() {
    MatchingConfig later = new MatchingConfig(1, 0, Between.LINEAR, 10 * MS, 20 * MS, 100 * MS);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(later, 4);
    matcher.addReading(100 * MS, reading(1, 1));
    matcher.addReading(120 * MS, reading(2, 1));
    assertThat(matched(matcher, 100 * MS, 0).focus()).isEqualTo(1.5);
  }

  @Test
  void shouldDelayReadingsByTheLagOfTheirDirection() {
    MatchingConfig lagging =
        OPTIONS.withBetween(Between.LINEAR).withTiming(new LensTiming(0.010, 0.020, 0.005, 0));
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(lagging, 4);
    matcher.addReading(100 * MS, reading(1, 1));
    matcher.addReading(200 * MS, reading(2, -1));
    matcher.addReading(300 * MS, reading(1, -1));
    assertThat(matched(matcher, 165 * MS, 0).focus()).as("up: 15 ms earlier").isEqualTo(1.5);
    assertThat(matched(matcher, 275 * MS, 0).focus()).as("down: 25 ms earlier").isEqualTo(1.5);
  }

  @Test
  void shouldFindTheDirectionInTheReadingsWhereTheDriverHasNone() {
    MatchingConfig lagging =
        OPTIONS.withBetween(Between.LINEAR).withTiming(new LensTiming(0.010, 0.020, 0, 0));
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(lagging, 4);
    matcher.addReading(100 * MS, reading(1, 0));
    matcher.addReading(200 * MS, reading(2, 0));
    matcher.addReading(300 * MS, reading(1, 0));
    assertThat(matched(matcher, 160 * MS, 0).focus()).isEqualTo(1.5);
    assertThat(matched(matcher, 270 * MS, 0).focus()).isEqualTo(1.5);
  }

  @Test
  void shouldNotWaitForReadingsThatComeAfterTheDelay() {
    FrameFocusMatcher matcher =
        FrameFocusMatcher.byReadings(
            OPTIONS.withBetween(Between.LINEAR).withTiming(new LensTiming(0, 0, 0.020, 0)), 4);
    matcher.addReading(100 * MS, reading(1, 1));
    matcher.addReading(110 * MS, reading(2, 1));
    matcher.offer(frame(125 * MS), 0);
    assertThat(matcher.nanosToWait(0)).isZero();
    try (Frame frame = matcher.poll(0)) {
      assertThat(frame.focus().focus()).isEqualTo(1.5);
    }
    matcher.offer(frame(131 * MS), 0);
    assertThat(matcher.nanosToWait(0)).isEqualTo(20 * MS);
    matcher.close();
  }

  @Test
  void shouldCorrectComputedFocusForTemperatureAndHysteresis() {
    MatchingConfig config =
        OPTIONS.withDrift(new LensDrift(-0.02, 25)).withTiming(new LensTiming(0, 0, 0, 0.25));
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(config, 4);
    double unknown = Double.NaN;
    matcher.addReading(100 * MS, new FocusReading(unknown, 3, true, 35, 1));
    matcher.addReading(110 * MS, new FocusReading(unknown, 3, true, 35, -1));
    matcher.addReading(120 * MS, new FocusReading(unknown, 3, true, Float.NaN, 0));
    matcher.addReading(130 * MS, new FocusReading(7, 3, true, 35, 1));
    assertThat(matched(matcher, 100 * MS, 0).focus()).isEqualTo(6.5 - 0.2 - 0.25);
    assertThat(matched(matcher, 110 * MS, 0).focus()).isEqualTo(6.5 - 0.2 + 0.25);
    assertThat(matched(matcher, 120 * MS, 0).focus())
        .as("the temperature of the reading before")
        .isEqualTo(6.5 - 0.2);
    assertThat(matched(matcher, 130 * MS, 0).focus()).as("the driver's own focus").isEqualTo(7);
  }

  @Test
  void shouldWaitForAReadingButNotForever() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, reading(1, 1));
    matcher.offer(frame(110 * MS), 1000);
    assertThat(matcher.poll(1000)).isNull();
    assertThat(matcher.nanosToWait(1000)).isEqualTo(20 * MS);
    matcher.addReading(120 * MS, reading(3, 1));
    assertThat(matcher.nanosToWait(1000)).isZero();
    try (Frame frame = matcher.poll(1000)) {
      assertThat(frame.focus().focus()).isEqualTo(2);
    }
    matcher.offer(frame(130 * MS), 2000);
    assertThat(matcher.poll(2000 + 20 * MS - 1)).isNull();
    try (Frame frame = matcher.poll(2000 + 20 * MS)) {
      assertThat(frame.focus().isKnown()).isFalse();
    }
    assertThat(matcher.withoutReading()).isOne();
    assertThat(matcher.nanosToWait(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldNotBridgeGapsNorHoldForever() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(1000 * MS, reading(1, 1));
    matcher.addReading(1101 * MS, reading(2, 0));
    assertThat(matched(matcher, 999 * MS, 0).isKnown()).as("before the first").isFalse();
    assertThat(matched(matcher, 1050 * MS, 0).isKnown()).as("in a gap").isFalse();
    assertThat(matched(matcher, 1201 * MS, 0).isKnown()).as("held").isTrue();
    assertThat(matched(matcher, 1202 * MS, 0).isKnown()).as("held too long").isFalse();
    assertThat(matcher.withoutReading()).isEqualTo(3);
  }

  @Test
  void shouldRefuseReadingsThatCannotBe() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    assertThat(matcher.addReading(1, new FocusReading(nan, nan, true, 0, 0)))
        .isEqualTo(ReadingResult.NOT_A_NUMBER);
    assertThat(matcher.addReading(1, new FocusReading(-1001, nan, true, 0, 0)))
        .isEqualTo(ReadingResult.OUT_OF_RANGE);
    assertThat(matcher.addReading(1, new FocusReading(1001, nan, true, 0, 0)))
        .isEqualTo(ReadingResult.OUT_OF_RANGE);
    assertThat(matcher.addReading(1, new FocusReading(nan, infinite, true, 0, 0)))
        .isEqualTo(ReadingResult.OUT_OF_RANGE);
    assertThat(matcher.addReading(0, reading(1, 0))).isEqualTo(ReadingResult.NO_STAMP);
    assertThat(matcher.newestReading()).isEqualTo(FocusReading.NONE);
    assertThat(matcher.addReading(50, reading(1, 0))).isEqualTo(ReadingResult.TAKEN);
    assertThat(matcher.addReading(50, reading(2, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matcher.addReading(49, reading(3, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matcher.newestReading().focus()).isOne();
  }

  @Test
  void shouldBelieveThatTimeJumpedBackAfterThreeReadings() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(9000 * MS, reading(1, 0));
    assertThat(matcher.addReading(10 * MS, reading(2, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matcher.addReading(20 * MS, reading(3, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matcher.addReading(30 * MS, reading(4, 0)))
        .isEqualTo(ReadingResult.RESTARTED_BY_TIME);
    assertThat(matched(matcher, 35 * MS, 0).focus()).isEqualTo(4);
  }

  @Test
  void shouldGoByTheStampWithoutReadings() {
    FrameFocusMatcher matcher =
        FrameFocusMatcher.byStamp(OPTIONS, 4, stamp -> stamp < 5 ? Double.NaN : stamp / 10.0);
    assertThat(matched(matcher, 20, 0).focus()).isEqualTo(2);
    assertThat(matched(matcher, 20, 0).settled()).isTrue();
    assertThat(matched(matcher, 4, 0).isKnown()).isFalse();
  }

  @Test
  void shouldKeepAReadingThatCameWithItsFrame() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.offer(TestFrames.flat(pool, 2, 2, 0, 7, 3.5), 0);
    try (Frame frame = matcher.poll(0)) {
      assertThat(frame.focus().focus()).isEqualTo(3.5);
    }
  }

  @Test
  void shouldCloseWhatNobodyTakes() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 3);
    for (int i = 1; i <= 5; i++) {
      matcher.offer(frame(i * MS), 0);
    }
    assertThat(matcher.overflowed()).isEqualTo(2);
    assertThat(pool.leased()).isEqualTo(3);
    try (Frame oldest = matcher.poll(Long.MAX_VALUE)) {
      assertThat(oldest.stampNanos()).isEqualTo(3 * MS);
    }
    matcher.close();
    matcher.offer(frame(9 * MS), 0);
    assertThat(pool.leased()).isZero();
    assertThat(matcher.poll(Long.MAX_VALUE)).isNull();
  }

  /** Readings at rising times, each with a focus and a direction. */
  @Provide
  Arbitrary<TreeMap<Long, FocusReading>> tracks() {
    Arbitrary<FocusReading> readings =
        Combinators.combine(
                Arbitraries.doubles().between(0, 20),
                Arbitraries.integers().between(-1, 1),
                Arbitraries.of(true, false))
            .as((focus, direction, settled) ->
                new FocusReading(focus, focus, settled, 20, direction));
    return Arbitraries.maps(Arbitraries.longs().between(1, 400), readings)
        .ofMinSize(1)
        .ofMaxSize(40)
        .map(map -> {
          TreeMap<Long, FocusReading> track = new TreeMap<>();
          map.forEach((ms, value) -> track.put(ms * MS, value));
          return track;
        });
  }

  @Property(seed = "20261120", tries = 500)
  void shouldStayBetweenTheReadingsAround(
      @ForAll("tracks") TreeMap<Long, FocusReading> track,
      @ForAll @LongRange(min = 1, max = 420 * MS) long at,
      @ForAll Between between) {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS.withBetween(between), 1);
    track.forEach(matcher::addReading);
    FocusReading found = matched(matcher, at, 0);
    if (!found.isKnown()) {
      return;
    }
    var before = track.floorEntry(at);
    var after = track.ceilingEntry(at);
    assertThat(before).isNotNull();
    assertThat(at - before.getKey()).isLessThanOrEqualTo(OPTIONS.maxReadingAgeNanos());
    double a = before.getValue().focus();
    double b = after == null ? a : after.getValue().focus();
    assertThat(found.focus()).isBetween(Math.min(a, b), Math.max(a, b));
    if (before.getKey() == at || between == Between.HELD) {
      assertThat(found).isEqualTo(before.getValue());
    }
    if (found.settled()) {
      assertThat(before.getValue().settled()).isTrue();
    }
  }

  @Property(seed = "20261120", tries = 300)
  void shouldNotDependOnTheOrderInWhichFramesAndReadingsCome(
      @ForAll("tracks") TreeMap<Long, FocusReading> track,
      @ForAll @IntRange(min = 1, max = 30) int frames,
      @ForAll long shuffle) {
    List<Long> stamps = new ArrayList<>();
    for (int i = 1; i <= frames; i++) {
      stamps.add(i * 13 * MS + 500);
    }
    assertThat(run(track, stamps, new Random(shuffle))).isEqualTo(run(track, stamps, null));
    assertThat(pool.leased()).isZero();
  }

  /** Feeds both streams, readings first or mixed at random, all within the frames' patience. */
  private List<FocusReading> run(
      TreeMap<Long, FocusReading> track, List<Long> stamps, Random random) {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, stamps.size());
    List<Boolean> turns = new ArrayList<>(Collections.nCopies(track.size(), true));
    turns.addAll(Collections.nCopies(stamps.size(), false));
    if (random != null) {
      Collections.shuffle(turns, random);
    }
    var readings = track.entrySet().iterator();
    var frames = stamps.iterator();
    List<FocusReading> result = new ArrayList<>();
    for (boolean isReading : turns) {
      if (isReading) {
        var next = readings.next();
        matcher.addReading(next.getKey(), next.getValue());
      } else {
        matcher.offer(frame(frames.next()), 0);
      }
      drain(matcher, 0, result);
    }
    drain(matcher, Long.MAX_VALUE, result);
    assertThat(matcher.overflowed()).isZero();
    assertThat(matcher.withoutReading())
        .isEqualTo(result.stream().filter(reading -> !reading.isKnown()).count());
    return result;
  }

  private static void drain(FrameFocusMatcher matcher, long now, List<FocusReading> into) {
    for (Frame frame = matcher.poll(now); frame != null; frame = matcher.poll(now)) {
      into.add(frame.focus());
      frame.close();
    }
  }

  @Property(seed = "20261120", tries = 300)
  void shouldLetEveryFrameOutOnceInOrderAndInTime(
      @ForAll("tracks") TreeMap<Long, FocusReading> track,
      @ForAll @IntRange(min = 1, max = 30) int frames) {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, frames);
    var readings = track.entrySet().iterator();
    List<Long> seen = new ArrayList<>();
    for (int i = 1; i <= frames; i++) {
      matcher.offer(frame(i * 10 * MS), i * 10 * MS);
      if (readings.hasNext() && i % 2 == 0) {
        var next = readings.next();
        matcher.addReading(next.getKey(), next.getValue());
      }
      long now = i * 10 * MS + OPTIONS.maxWaitNanos();
      for (Frame frame = matcher.poll(now); frame != null; frame = matcher.poll(now)) {
        seen.add(frame.stampNanos());
        frame.close();
      }
      assertThat(matcher.waiting()).as("patience is over").isZero();
    }
    assertThat(seen).hasSize(frames).isSorted().doesNotHaveDuplicates();
  }

  /** Readings that cannot be, whatever the reason. */
  private static final List<FocusReading> REFUSED =
      List.of(
          new FocusReading(Double.NaN, Double.NaN, true, 20, 0),
          new FocusReading(Double.NaN, Double.NaN, true, 20, 1),
          new FocusReading(Double.POSITIVE_INFINITY, 1, true, 20, 0),
          new FocusReading(Double.NEGATIVE_INFINITY, 1, true, 20, -1),
          new FocusReading(1e300, 1, true, 20, 0),
          new FocusReading(-1e6, 1, true, 20, 0),
          new FocusReading(Double.NaN, Double.POSITIVE_INFINITY, true, 20, 0),
          new FocusReading(3, Double.NEGATIVE_INFINITY, true, 20, 0));

  /** From a refused reading until the next one, nothing is known; elsewhere nothing changes. */
  @Property(seed = "20261120", tries = 500)
  void shouldKnowNothingFromARefusedReadingOn(
      @ForAll("tracks") TreeMap<Long, FocusReading> track,
      @ForAll @LongRange(min = 1, max = 420 * MS) long at,
      @ForAll @LongRange(min = 1, max = 420 * MS) long refusedAt,
      @ForAll @IntRange(min = 0, max = 7) int which,
      @ForAll Between between) {
    MatchingConfig options = OPTIONS.withBetween(between);
    FrameFocusMatcher clean = FrameFocusMatcher.byReadings(options, 1);
    FrameFocusMatcher fouled = FrameFocusMatcher.byReadings(options, 1);
    long refused = track.containsKey(refusedAt) ? refusedAt + 1 : refusedAt;
    TreeMap<Long, FocusReading> both = new TreeMap<>(track);
    both.put(refused, REFUSED.get(which));
    both.forEach((stamp, reading) -> {
      boolean taken = fouled.addReading(stamp, reading).isTaken();
      assertThat(taken).isEqualTo(stamp != refused);
      if (taken) {
        clean.addReading(stamp, reading);
      }
    });
    FocusReading found = matched(fouled, at, 0);
    if (both.floorKey(at) != null && both.floorKey(at) == refused) {
      assertThat(found.isKnown()).isFalse();
      assertThat(fouled.withoutReading()).isOne();
      if (at - refused <= options.maxReadingAgeNanos()) {
        assertThat(fouled.withoutReading(UnknownFocus.REFUSED)).isOne();
      }
    } else if (found.isKnown() && at != refused) {
      Long next = both.higherKey(at);
      boolean interpolated =
          !track.containsKey(at) && found.focus() != track.floorEntry(at).getValue().focus();
      assertThat(interpolated && next != null && next == refused).isFalse();
    }
  }

  private static FocusReading moving(double focus) {
    return new FocusReading(focus, Double.NaN, true, Float.NaN, 1);
  }

  @Test
  void shouldNotInterpolateAcrossAReadingThatWasRefused() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, moving(1));
    matcher.addReading(110 * MS, moving(Double.NaN));
    matcher.addReading(120 * MS, moving(3));
    matcher.addReading(130 * MS, moving(4));
    assertThat(matched(matcher, 105 * MS, 0).isKnown()).isFalse();
    assertThat(matched(matcher, 110 * MS, 0).isKnown()).isFalse();
    assertThat(matched(matcher, 115 * MS, 0).isKnown()).isFalse();
    assertThat(matched(matcher, 125 * MS, 0).focus()).isEqualTo(3.5);
    assertThat(matcher.withoutReading(UnknownFocus.REFUSED)).isEqualTo(3);
    assertThat(matcher.newestReading().focus()).isEqualTo(4);
  }

  @Test
  void shouldNotWaitWhereARefusedReadingDecides() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, reading(1, 0));
    matcher.addReading(110 * MS, reading(Double.POSITIVE_INFINITY, 0));
    matcher.offer(frame(110 * MS), 0);
    assertThat(matcher.nanosToWait(0)).isZero();
    matcher.close();
  }

  @Test
  void shouldTakeAFocusBeyondInfinityAsItIs() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    assertThat(matcher.addReading(100 * MS, reading(-0.3, 0))).isEqualTo(ReadingResult.TAKEN);
    assertThat(matcher.addReading(110 * MS, new FocusReading(Double.NaN, -1, true, 20, 0)))
        .isEqualTo(ReadingResult.TAKEN);
    assertThat(matched(matcher, 105 * MS, 0).focus()).isEqualTo(-0.3);
    assertThat(matched(matcher, 111 * MS, 0).focus()).isEqualTo(-1.5);
  }

  @Test
  void shouldKnowNothingWhereReadingsOutOfOrderContradict() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 4);
    matcher.addReading(100 * MS, reading(1, 0));
    matcher.addReading(120 * MS, reading(2, 0));
    matcher.addReading(140 * MS, reading(3, 0));
    assertThat(matcher.addReading(110 * MS, reading(7, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matched(matcher, 105 * MS, 0).focus()).isEqualTo(1);
    assertThat(matched(matcher, 115 * MS, 0).isKnown()).as("late, and other").isFalse();
    assertThat(matched(matcher, 125 * MS, 0).focus()).isEqualTo(2);
    assertThat(matcher.addReading(140 * MS, reading(3, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matched(matcher, 145 * MS, 0).focus()).as("the same again").isEqualTo(3);
    assertThat(matcher.addReading(140 * MS, reading(8, 0))).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matched(matcher, 145 * MS, 0).isKnown()).as("two at one stamp").isFalse();
    assertThat(matcher.addReading(120 * MS, new FocusReading(2, 1, false, 30, 0)))
        .isEqualTo(ReadingResult.BACKWARDS);
    assertThat(matched(matcher, 125 * MS, 0).settled()).as("settled by one only").isFalse();
  }

  @Test
  void shouldStayBoundedWhereReadingsOutOfOrderKeepComing() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 1);
    for (int i = 1; i <= 3 * LensReadings.CAPACITY; i++) {
      matcher.addReading(2 * i * MS, reading(1, 0));
      matcher.addReading((2 * i - 1) * MS, reading(5, 0));
    }
    long newest = 6L * LensReadings.CAPACITY * MS;
    assertThat(matched(matcher, newest, 0).focus()).isEqualTo(1);
    assertThat(matched(matcher, newest - MS, 0).isKnown()).isFalse();
  }

  @Test
  void shouldNotTrustAStepAgainstTheDirection() {
    MatchingConfig options = OPTIONS.withToleranceDioptres(0.25);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(options, 4);
    for (int i = 0; i < 10; i++) {
      matcher.addReading((100 + 10 * i) * MS, moving(1 + i % 5));
    }
    assertThat(matched(matcher, 135 * MS, 0).focus()).isEqualTo(4.5);
    assertThat(matched(matcher, 145 * MS, 0).isKnown()).as("it flies back").isFalse();
    assertThat(matched(matcher, 155 * MS, 0).focus()).isEqualTo(1.5);
    assertThat(matcher.withoutReading(UnknownFocus.TURNED)).isOne();
  }

  @Test
  void shouldSeeAnHonestFlyBackInItsSpeed() {
    MatchingConfig options = OPTIONS.withToleranceDioptres(0.25);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(options, 4);
    for (int i = 0; i < 10; i++) {
      int direction = i % 5 == 4 ? -1 : 1;
      matcher.addReading((100 + 10 * i) * MS, new FocusReading(1 + i % 5, 0, true, 20, direction));
    }
    assertThat(matched(matcher, 145 * MS, 0).isKnown()).isFalse();
    assertThat(matched(matcher, 155 * MS, 0).focus()).isEqualTo(1.5);
  }

  @Test
  void shouldNotInterpolateWhereASweepWithoutDirectionTurns() {
    MatchingConfig options = OPTIONS.withBetween(Between.LINEAR).withToleranceDioptres(0.25);
    FrameFocusMatcher saw = FrameFocusMatcher.byReadings(options, 4);
    FrameFocusMatcher triangle = FrameFocusMatcher.byReadings(options, 4);
    double[] turning = {1.5, 2.5, 3.5, 4.5, 4.5, 3.5, 2.5, 1.5, 1.5, 2.5};
    for (int i = 0; i < 10; i++) {
      saw.addReading((100 + 10 * i) * MS, reading(1 + i % 5, 0));
      triangle.addReading((100 + 10 * i) * MS, reading(turning[i], 0));
    }
    assertThat(matched(saw, 135 * MS, 0).focus()).isEqualTo(4.5);
    assertThat(matched(saw, 145 * MS, 0).isKnown()).isFalse();
    assertThat(matched(saw, 155 * MS, 0).focus()).isEqualTo(1.5);
    assertThat(matched(triangle, 125 * MS, 0).focus()).isEqualTo(4);
    assertThat(matched(triangle, 135 * MS, 0).isKnown()).as("the lens was at 5").isFalse();
    assertThat(matched(triangle, 145 * MS, 0).focus()).isEqualTo(4);
    assertThat(matched(triangle, 175 * MS, 0).isKnown()).as("the lens was at 1").isFalse();
  }

  /** A driver that reads often loses no frame where the lens turns, whatever the phase. */
  @Property(seed = "20261120", tries = 100)
  void shouldLoseNoFrameAtATurnOfWhichThereAreManyReadings(
      @ForAll @IntRange(min = 0, max = 99) int phase, @ForAll boolean withDirection) {
    MatchingConfig options = OPTIONS.withBetween(Between.LINEAR).withToleranceDioptres(0.25);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(options, 1);
    // Five planes in 50 ms and back, read every 2 ms.
    for (int i = 0; i < 100; i++) {
      double at = i * 0.2 + phase * 0.002;
      int direction = at % 10 < 5 ? 1 : -1;
      matcher.addReading((1000 + 2 * i) * MS, reading(triangle(at), withDirection ? direction : 0));
    }
    for (int i = 50; i < 980; i++) {
      double truth = triangle(i * 0.02 + phase * 0.002);
      FocusReading found = matched(matcher, (1000 * 10 + 2 * i) * MS / 10, 0);
      assertThat(found.focus()).isCloseTo(truth, within(0.25));
    }
  }

  /**
   * The law of a driver that reads with every frame: however late its readings come, and whichever
   * are lost, up to three of ten, no frame takes the focus of another. Only the first few cannot
   * know.
   */
  @Property(seed = "20261128", tries = 300)
  void shouldGiveNoFrameTheReadingOfTheFrameBefore(
      @ForAll @IntRange(min = 0, max = 3) int usuallyLate,
      @ForAll @IntRange(min = 0, max = 3) int lostOfTen,
      @ForAll @IntRange(min = 0, max = 30) int percentLater,
      @ForAll long seed) {
    Random random = new Random(seed);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 1);
    TreeMap<Integer, List<Integer>> arriving = new TreeMap<>();
    int arrival = 0;
    for (int i = 0; i < 80; i++) {
      int late = usuallyLate + (random.nextInt(100) < percentLater ? 2 : 0);
      arrival = Math.max(arrival, i + late);
      // The first ones are neither lost nor very late: the cadence is learned from them.
      if (i < 8 || (i * 7 + (int) (seed & 7)) % 10 >= lostOfTen) {
        arriving.computeIfAbsent(arrival, key -> new ArrayList<>()).add(i);
      }
    }
    int known = 0;
    for (int i = 0; i < 80; i++) {
      for (int arrived : arriving.getOrDefault(i, List.of())) {
        matcher.addReading((1000 + 25 * arrived) * MS, reading(1 + arrived % 10, 0));
      }
      FocusReading found = matched(matcher, (1000 + 25 * i) * MS, 0);
      if (found.isKnown() && i >= 12) {
        assertThat(found.focus()).isEqualTo(1 + i % 10);
        known++;
      }
    }
    if (usuallyLate == 0 && lostOfTen + percentLater == 0) {
      assertThat(known).isEqualTo(68);
    }
    assertThat(matcher.withoutReading())
        .isEqualTo(
            matcher.withoutReading(UnknownFocus.LATE)
                + matcher.withoutReading(UnknownFocus.NO_READING));
  }

  @Test
  void shouldLoseNoFrameOfALensThatIsReadWhenItSteps() {
    for (int framesPerStep = 2; framesPerStep <= 5; framesPerStep++) {
      FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 1);
      for (int i = 0; i < 100; i++) {
        if (i % framesPerStep == 0) {
          matcher.addReading((1000 + 15 * i) * MS, reading(i, 0));
        }
        assertThat(matched(matcher, (1000 + 15 * i) * MS, 0).focus())
            .isEqualTo(i - i % framesPerStep);
      }
    }
  }

  /** As between two captures, when images are not decoded while the lens goes on. */
  @Test
  void shouldKeepTheCadenceOverAPauseOfTheFrames() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 1);
    for (int i = 0; i < 20; i++) {
      matcher.addReading((1000 + 25 * i) * MS, reading(i, 0));
      matched(matcher, (1000 + 25 * i) * MS, 0);
    }
    int later = 20 + 2 * LensReadings.CAPACITY;
    for (int i = 20; i < later; i++) {
      matcher.addReading((1000 + 25L * i) * MS, reading(i % 900, 0));
    }
    for (int i = later; i < later + 20; i++) {
      boolean late = i == later + 6;
      if (!late) {
        matcher.addReading((1000 + 25L * i) * MS, reading(i % 900, 0));
      }
      FocusReading found = matched(matcher, (1000 + 25L * i) * MS, 0);
      assertThat(found.isKnown()).isEqualTo(!late);
    }
  }

  @Test
  void shouldNotHoldTheLastOfManyReadingsThatUsedToComeBetweenFrames() {
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(OPTIONS, 1);
    for (int i = 0; i < 20; i++) {
      for (int part = 0; part < 4; part++) {
        matcher.addReading((1000 + 24 * i + 6 * part) * MS, reading(i, 0));
      }
      assertThat(matched(matcher, (1000 + 24 * i + 20) * MS, 0).focus()).isEqualTo(i);
    }
    assertThat(matched(matcher, (1000 + 24 * 20 + 20) * MS, 0).isKnown()).isFalse();
    assertThat(matcher.withoutReading(UnknownFocus.LATE)).isOne();
    for (int part = 0; part < 4; part++) {
      matcher.addReading((1000 + 24 * 21 + 6 * part) * MS, reading(21, 0));
    }
    assertThat(matched(matcher, (1000 + 24 * 21 + 20) * MS, 0).focus()).isEqualTo(21);
  }

  private static double triangle(double at) {
    return 6 - Math.abs(at % 10 - 5);
  }
}
