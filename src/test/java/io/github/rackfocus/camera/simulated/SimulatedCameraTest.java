package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.FakeClock;
import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedCameraTest {
  private static final SimulatedCameraConfig SMALL =
      SimulatedCameraConfig.DEFAULTS
          .withSize(96, 72)
          .withPlayback(new SimulatedCameraConfig.Playback(1, false, 0));
  private static final SimulatedCameraConfig LIVE =
      SMALL.withPlayback(new SimulatedCameraConfig.Playback(0, false, 0));

  private final FramePool pool = new FramePool(4);

  @Test
  void shouldProduceEqualBytesForEqualSeeds() throws Exception {
    List<byte[]> first = play(SMALL, 12);
    List<byte[]> again = play(SMALL, 12);
    for (int k = 0; k < 12; k++) {
      assertThat(again.get(k)).isEqualTo(first.get(k));
    }
    assertThat(play(SMALL.withScene(new SimulatedCameraConfig.Scene(77, 0)), 1).get(0))
        .isNotEqualTo(first.get(0));
    // The same plane one sweep later: the same scene with other noise.
    assertThat(first.get(10)).isNotEqualTo(first.get(0));
    assertThat(distance(first.get(10), first.get(0)))
        .isLessThan(0.5 * distance(first.get(9), first.get(0)));
  }

  @Test
  void shouldPrerenderTheSameAsItRendersLive() throws Exception {
    List<byte[]> ahead = play(SMALL, 3);
    List<byte[]> live = play(LIVE, 3);
    for (int k = 0; k < 3; k++) {
      assertThat(live.get(k)).isEqualTo(ahead.get(k));
    }
  }

  @Test
  void shouldStampAndNumberFramesByTheRate() throws Exception {
    FakeClock clock = new FakeClock();
    SimulatedCameraConfig config =
        LIVE.withPlayback(new SimulatedCameraConfig.Playback(0, true, 1_000));
    try (SimulatedCamera camera = new SimulatedCamera(config, pool, clock, share -> {})) {
      assertThat(camera.scale()).isEqualTo(FocusScale.DIOPTRE);
      assertThat(camera.planeFocus()).hasSize(10).isSorted();
      for (int k = 0; k < 4; k++) {
        try (Frame frame = camera.next()) {
          assertThat(frame.sequence()).isEqualTo(k);
          assertThat(frame.stampNanos()).isEqualTo(1_000 + Math.round(k * 1e9 / 15));
          assertThat(frame.arrivalNanos()).isEqualTo(clock.nanoTime());
          assertThat(frame.focus().focus()).isCloseTo(camera.planeFocus()[k], within(0.0101));
          assertThat(frame.focus().settled()).isTrue();
        }
      }
      assertThat(clock.waitedNanos()).isEqualTo(200_000_000);
    }
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldDropFramesWithTheConfiguredProbability() throws Exception {
    SimulatedCameraConfig config = SMALL.withSensor(sensor(0.3, 0, 0));
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      long last = -1;
      for (int i = 0; i < 700; i++) {
        try (Frame frame = camera.next()) {
          assertThat(frame.sequence()).isGreaterThan(last);
          last = frame.sequence();
        }
      }
      assertThat(camera.dropped()).isEqualTo(last + 1 - 700);
      assertThat(camera.dropped() / (last + 1.0)).isCloseTo(0.3, within(0.05));
    }
  }

  @Test
  void shouldJitterStampsAndReadingsAsConfigured() throws Exception {
    SimulatedCameraConfig config =
        SMALL
            .withSensor(sensor(0, 0.002, 0.05))
            .withPlayback(SMALL.playback().withStartStampNanos(1 << 30));
    List<Double> stamps = new ArrayList<>();
    List<Double> readings = new ArrayList<>();
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      long before = 0;
      for (int k = 0; k < 800; k++) {
        try (Frame frame = camera.next()) {
          assertThat(frame.stampNanos()).isGreaterThan(before);
          before = frame.stampNanos();
          stamps.add((frame.stampNanos() - (1 << 30)) / 1e9 - k / 15.0);
          readings.add(frame.focus().focus() - camera.planeFocus()[k % 10]);
        }
      }
    }
    assertThat(sigma(stamps)).isCloseTo(0.002, within(0.0002));
    assertThat(sigma(readings)).isCloseTo(0.05, within(0.005));
  }

  @Test
  void shouldDropFramesOfALiveCameraWhenThePoolIsEmpty() throws Exception {
    FramePool one = new FramePool(1);
    FakeClock clock = new FakeClock();
    SimulatedCameraConfig config =
        SMALL.withPlayback(new SimulatedCameraConfig.Playback(1, true, 0));
    try (SimulatedCamera camera = new SimulatedCamera(config, one, clock, share -> {})) {
      Frame kept = camera.next();
      Thread reader =
          new Thread(() -> {
            try {
              assertThat(camera.next()).isNull();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      reader.start();
      while (camera.dropped() < 3) {
        Thread.onSpinWait();
      }
      camera.close();
      reader.join();
      kept.close();
    }
    assertThat(one.leased()).isZero();
  }

  @Test
  void shouldReportItsProgress() {
    List<Double> shares = new ArrayList<>();
    new SimulatedCamera(
            SMALL,
            pool,
            SourceClock.SYSTEM,
            share -> {
              synchronized (shares) {
                shares.add(share);
              }
            })
        .close();
    assertThat(shares).hasSize(10).contains(1.0);
  }

  @ParameterizedTest
  @EnumSource(SweepPattern.class)
  void shouldSweepAllPlanesInEveryPattern(SweepPattern pattern) throws Exception {
    SimulatedCameraConfig.Sweep sweep = new SimulatedCameraConfig.Sweep(5, 2, 8, pattern);
    boolean[] seen = new boolean[5];
    try (SimulatedCamera camera = new SimulatedCamera(LIVE.withSweep(sweep), pool)) {
      for (int k = 0; k < camera.sweepFrames(); k++) {
        try (Frame frame = camera.next()) {
          double plane = (frame.focus().focus() - 2) / sweep.planeDistance();
          assertThat(Math.abs(plane - Math.rint(plane))).isLessThan(0.6);
          seen[(int) Math.max(0, Math.min(4, Math.rint(plane)))] = true;
        }
      }
    }
    assertThat(seen).containsOnly(true);
  }

  @Test
  void shouldBeSharpestWhereTheGroundTruthSays() throws Exception {
    SimulatedCameraConfig config =
        SimulatedCameraConfig.DEFAULTS
            .withSize(160, 120)
            .withPlayback(new SimulatedCameraConfig.Playback(1, false, 0))
            .withOptics(new SimulatedCameraConfig.Optics(22.5, 0));
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      List<byte[]> planes = frames(camera, 10);
      float[] depth = camera.groundTruth(0).values();
      List<Double> errors = new ArrayList<>();
      for (int y = 8; y < 112; y++) {
        for (int x = 8; x < 152; x++) {
          double[] sharpness = new double[10];
          for (int k = 0; k < 10; k++) {
            sharpness[k] = variance(planes.get(k), 160, x, y);
          }
          double best = DoubleStream.of(sharpness).max().orElseThrow();
          double median = Arrays.stream(sharpness).sorted().toArray()[5];
          if (best < 300 || best < 3 * median || !isSmooth(depth, 160, x, y)) {
            continue;
          }
          int plane = 0;
          while (sharpness[plane] < best) {
            plane++;
          }
          double truth =
              (1 / depth[y * 160 + x] - config.sweep().focus(0)) / config.sweep().planeDistance();
          errors.add(Math.abs(plane - truth));
        }
      }
      assertThat(errors).hasSizeGreaterThan(300);
      errors.sort(null);
      assertThat(errors.get(errors.size() / 2)).isLessThan(0.5);
      assertThat(errors.get(errors.size() * 9 / 10)).isLessThan(1.2);
    }
  }

  @Test
  void shouldFillTheRangeOfTheSweepWithItsScene() {
    for (int seed = 1; seed <= 8; seed++) {
      try (SimulatedCamera camera =
          new SimulatedCamera(LIVE.withScene(LIVE.scene().withSeed(seed)), pool)) {
        float[] depth = camera.groundTruth(4).values();
        int inside = 0;
        float nearest = Float.MAX_VALUE;
        float farthest = 0;
        for (float z : depth) {
          nearest = Math.min(nearest, z);
          farthest = Math.max(farthest, z);
          inside += z >= 0.1f && z <= 0.6f ? 1 : 0;
        }
        assertThat(inside).isGreaterThan((int) (0.97 * depth.length));
        assertThat(nearest).isLessThan(0.115f);
        assertThat(farthest).isGreaterThan(0.42f);
      }
    }
  }

  @Test
  void shouldMagnifyTheGroundTruthWithTheFocus() {
    SimulatedCameraConfig config = LIVE.withOptics(new SimulatedCameraConfig.Optics(11.25, 0.01));
    try (SimulatedCamera camera = new SimulatedCamera(config, pool);
        SimulatedCamera rigid =
            new SimulatedCamera(
                LIVE.withOptics(new SimulatedCameraConfig.Optics(11.25, 0)), pool)) {
      assertThat(camera.groundTruth(0).values()).isNotEqualTo(camera.groundTruth(9).values());
      assertThat(rigid.groundTruth(0).values()).isEqualTo(rigid.groundTruth(9).values());
    }
  }

  @Test
  void shouldMoveOnlyTheMovingSolids() {
    try (SimulatedCamera still = new SimulatedCamera(LIVE, pool);
        SimulatedCamera moving =
            new SimulatedCamera(
                LIVE.withScene(LIVE.scene().withMotionMetresPerSecond(0.05)), pool)) {
      assertThat(still.groundTruth(10).values()).isEqualTo(still.groundTruth(0).values());
      float[] before = moving.groundTruth(0).values();
      float[] after = moving.groundTruth(10).values();
      int changed = 0;
      for (int i = 0; i < before.length; i++) {
        changed += Math.abs(after[i] - before[i]) > 1e-4 ? 1 : 0;
      }
      assertThat(changed).isBetween(before.length / 200, before.length / 2);
    }
  }

  @Test
  void shouldLoopAMovingSceneWithoutAJump() {
    SimulatedCameraConfig config =
        LIVE.withScene(LIVE.scene().withMotionMetresPerSecond(0.03))
            .withPlayback(new SimulatedCameraConfig.Playback(3, false, 0));
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      assertThat(camera.groundTruth(30).values()).isSameAs(camera.groundTruth(0).values());
      double usual = meanChange(camera, 19, 20);
      assertThat(meanChange(camera, 29, 30)).isLessThan(4 * usual + 1e-4);
    }
  }

  private static double meanChange(SimulatedCamera camera, long one, long other) {
    float[] a = camera.groundTruth(one).values();
    float[] b = camera.groundTruth(other).values();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]) / a.length;
    }
    return sum;
  }

  private static SimulatedCameraConfig.Sensor sensor(double drop, double jitter, double reading) {
    return new SimulatedCameraConfig.Sensor(0.008, 1, 10_000, 12, drop, jitter, reading);
  }

  private List<byte[]> play(SimulatedCameraConfig config, int count) throws Exception {
    try (SimulatedCamera camera = new SimulatedCamera(config, pool)) {
      return frames(camera, count);
    } finally {
      assertThat(pool.leased()).isZero();
    }
  }

  private static List<byte[]> frames(SimulatedCamera camera, int count) throws Exception {
    List<byte[]> frames = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      try (Frame frame = camera.next()) {
        byte[] luma = new byte[frame.pixels()];
        frame.luma().get(0, luma);
        frames.add(luma);
      }
    }
    return frames;
  }

  private static double distance(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  private static double variance(byte[] luma, int width, int x, int y) {
    double sum = 0;
    double square = 0;
    for (int dy = -3; dy <= 3; dy++) {
      for (int dx = -3; dx <= 3; dx++) {
        double value = luma[(y + dy) * width + x + dx] & 0xff;
        sum += value;
        square += value * value;
      }
    }
    return square / 49 - sum * sum / (49 * 49);
  }

  private static boolean isSmooth(float[] depth, int width, int x, int y) {
    float centre = depth[y * width + x];
    for (int dy = -7; dy <= 7; dy++) {
      for (int dx = -7; dx <= 7; dx++) {
        if (Math.abs(1 / depth[(y + dy) * width + x + dx] - 1 / centre) > 0.6) {
          return false;
        }
      }
    }
    return true;
  }

  private static double sigma(List<Double> values) {
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    return Math.sqrt(
        values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }
}
