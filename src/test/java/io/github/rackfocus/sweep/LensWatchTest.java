package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.camera.simulated.LensReadingsConfig;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.camera.simulated.TemperatureConfig;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LensWatchTest {
  private static SimulatedCameraConfig camera(SweepPattern pattern, double offset) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    return defaults
        .withFormat(defaults.format().withWidth(128).withHeight(96))
        .withSweep(defaults.sweep().withPattern(pattern))
        .withReadings(new LensReadingsConfig(LensReadingsConfig.Source.ACTUAL, offset));
  }

  private static LensWatch watch(SimulatedCameraConfig config, int sweeps) throws Exception {
    LensWatch watch =
        new LensWatch(
            FocusAxis.uniformDioptres(
                config.sweep().farthestDioptres(),
                config.sweep().nearestDioptres(),
                config.sweep().planes()));
    try (SimulatedCamera camera =
        new SimulatedCamera(
            config.withPlayback(config.playback().withPaced(false)), new FramePool(2))) {
      for (int i = 0; i < sweeps * camera.sweepFrames(); i++) {
        try (Frame frame = camera.next()) {
          watch.add(frame);
        }
      }
    }
    return watch;
  }

  private static SimulatedCameraConfig withoutHysteresis(SimulatedCameraConfig config) {
    return config.withLens(config.lens().withHysteresisDioptres(0));
  }

  @ParameterizedTest
  @CsvSource({"TRIANGLE, 0.01", "TRIANGLE, -0.05", "TRIANGLE, 0.1", "SINE, 0.03"})
  void shouldFindTheOffsetOfTheReadingsClock(SweepPattern pattern, double offset) throws Exception {
    LensWatch.Shift found = watch(withoutHysteresis(camera(pattern, offset)), 4).clockOffset();
    assertThat(found.value()).isCloseTo(offset, within(0.0015 + 0.1 * Math.abs(offset)));
    assertThat(Math.abs(found.value() - offset)).isLessThan(3 * found.sigma());
    assertThat(found.sigma()).isLessThan(0.01);
    assertThat(found.matters()).isTrue();
  }

  @Test
  void shouldFindTheOffsetOfTheScenario() throws Exception {
    SimulatedCameraConfig config = Scenario.CLOCK_OFFSET.applyTo(camera(SweepPattern.SAW, 0));
    assertThat(watch(config, 4).clockOffset().value()).isCloseTo(0.01, within(0.0015));
  }

  @Test
  void shouldFindNoOffsetWhereThereIsNone() throws Exception {
    LensWatch.Shift found = watch(camera(SweepPattern.TRIANGLE, 0), 4).clockOffset();
    assertThat(found.value()).isCloseTo(0, within(0.0015));
    assertThat(found.matters()).isFalse();
  }

  @Test
  void shouldSayNothingOfASweepInOneDirection() throws Exception {
    assertThat(watch(camera(SweepPattern.SAW, 0.05), 4).clockOffset().isKnown()).isFalse();
  }

  /** A blank wall, nothing but noise, and a scene that is another one in every frame. */
  @ParameterizedTest
  @ValueSource(strings = {"blank", "noise", "changing"})
  void shouldSayNothingWhereNothingIsToBeSeen(String scene) {
    FramePool pool = new FramePool(1);
    LensWatch watch = new LensWatch(FocusAxis.uniformDioptres(1, 10, 10));
    Random random = new Random(7);
    for (int i = 0; i < 180; i++) {
      double focus = 1 + (i % 18 < 9 ? i % 18 : 18 - i % 18);
      int contrast =
          switch (scene) {
            case "blank" -> 0;
            case "noise" -> 6;
            default -> 1 + random.nextInt(100);
          };
      try (Frame frame =
          TestFrames.of(
              pool,
              160,
              120,
              (x, y) -> 100 + (contrast == 0 ? 0 : random.nextInt(contrast)),
              1 + i * 66_000_000L,
              FocusReading.at(focus))) {
        watch.add(frame);
      }
      assertThat(watch.clockOffset().matters()).isFalse();
    }
    assertThat(watch.clockOffset().isKnown()).isFalse();
    assertThat(watch.drift().isKnown()).isFalse();
  }

  @Test
  void shouldFindTheDriftOfALensThatWarmsUp() throws Exception {
    SimulatedCameraConfig still = camera(SweepPattern.TRIANGLE, 0);
    SimulatedCameraConfig config =
        still
            .withTemperature(new TemperatureConfig(25, 10, 30, -0.06))
            .withPlayback(still.playback().withPrerenderedSweeps(0));
    // Half of the period: the lens is 10 degrees warmer.
    LensWatch.Shift found = watch(config, 12).drift();
    assertThat(found.celsius()).isBetween(6.0, 10.0);
    assertThat(found.value() / found.celsius()).isCloseTo(-0.06, within(0.01));
    assertThat(found.matters()).isTrue();
  }

  @Test
  void shouldFindNoDriftOfALensThatOnlyWarmsUp() throws Exception {
    SimulatedCameraConfig still = camera(SweepPattern.TRIANGLE, 0);
    LensWatch.Shift found =
        watch(
                still
                    .withTemperature(new TemperatureConfig(25, 10, 12, 0))
                    .withPlayback(still.playback().withPrerenderedSweeps(0)),
                5)
            .drift();
    assertThat(found.celsius()).isGreaterThan(5);
    assertThat(found.matters()).isFalse();
  }

  @Test
  void shouldGoOnThroughPausesJumpsAndUnknownFocus() throws Exception {
    SimulatedCameraConfig config = withoutHysteresis(camera(SweepPattern.TRIANGLE, 0.02));
    FramePool pool = new FramePool(2);
    LensWatch watch = new LensWatch(FocusAxis.uniformDioptres(1 / 0.6, 10, 10));
    try (SimulatedCamera camera =
        new SimulatedCamera(config.withPlayback(config.playback().withPaced(false)), pool)) {
      for (int i = 0; i < 10 * camera.sweepFrames(); i++) {
        try (Frame from = camera.next();
            Frame frame = pool.tryLease(from.width(), from.height(), false)) {
          frame.luma().put(0, from.luma(), 0, from.pixels());
          long jump = i < 40 ? 0 : i < 80 ? 60_000_000_000L : -500_000_000_000L;
          frame.seal(
              1_000_000_000_000L + from.stampNanos() + jump,
              i,
              i % 23 == 0 ? FocusReading.NONE : from.focus(),
              1);
          watch.add(frame);
        }
      }
    }
    assertThat(watch.clockOffset().value()).isCloseTo(0.02, within(0.003));
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    FramePool pool = new FramePool(10);
    FocusAxis axis = FocusAxis.uniformDioptres(1, 10, 10);
    FocusReading[] readings = new FocusReading[10];
    for (int plane = 0; plane < 10; plane++) {
      readings[plane] = new FocusReading(1 + plane, 1, true, 20 + plane, 0);
    }
    LensWatch watch = new LensWatch(axis);
    long before = 0;
    for (int i = 0; i < 4000; i++) {
      int plane = i % 18 < 9 ? i % 18 : 18 - i % 18;
      try (Frame frame = pool.tryLease(32, 24, false)) {
        for (int at = 0; at < frame.pixels(); at++) {
          int apart = Math.abs(plane - 4);
          frame.luma().put(at, (byte) (at % 3 == 0 ? 100 + 90 / (1 + apart * apart) : 100));
        }
        frame.seal(1 + i * 10_000_000L, i, readings[plane], 1);
        if (i == 3000) {
          before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        }
        watch.add(frame);
      }
    }
    long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(bytes / 1000).as("bytes a frame").isZero();
    assertThat(watch.turns()).isGreaterThan(100);
    assertThat(watch.clockOffset().isKnown()).isTrue();
  }
}
