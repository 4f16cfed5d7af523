package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrueWarpTest {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 90;

  /** No blur, no noise, rendered on demand: frames differ by the warp only. */
  private static final SimulatedCameraConfig SHARP =
      SimulatedCameraConfig.DEFAULTS
          .withSize(WIDTH, HEIGHT)
          .withOptics(new SimulatedCameraConfig.Optics(0, 0))
          .withSensor(new SimulatedCameraConfig.Sensor(0.008, 1, 1e9, 0, 0, 0, 0))
          .withPlayback(new SimulatedCameraConfig.Playback(0, false, 0));

  /** What the camera does; strong enough for several pixels between the frames compared. */
  private enum Motion {
    BREATHING {
      @Override
      SimulatedCameraConfig of(SimulatedCameraConfig config) {
        return config.withOptics(new SimulatedCameraConfig.Optics(0, 0.01, 0.4, -0.3));
      }
    },
    ROTATION {
      @Override
      SimulatedCameraConfig of(SimulatedCameraConfig config) {
        return config.withMotion(config.motion().withShakePixelsPerFrame(1.5));
      }
    },
    PLACE {
      @Override
      SimulatedCameraConfig of(SimulatedCameraConfig config) {
        return config.withMotion(
            config.motion().withShakeMillimetres(1).withTravelMetresPerSecond(0.005));
      }
    },
    ALL {
      @Override
      SimulatedCameraConfig of(SimulatedCameraConfig config) {
        return PLACE
            .of(BREATHING.of(config))
            .withMotion(new CameraMotionConfig(1, 0.6, 4, 0.003, 8))
            .withTemperature(new TemperatureConfig(20, 10, 3, 0.05));
      }
    },
    ROLLING {
      @Override
      SimulatedCameraConfig of(SimulatedCameraConfig config) {
        return ALL.of(config)
            .withSweep(config.sweep().withPattern(SweepPattern.TRIANGLE))
            .withShutter(new SimulatedCameraConfig.Shutter(0.05));
      }
    };

    abstract SimulatedCameraConfig of(SimulatedCameraConfig config);
  }

  /**
   * The image and the truth of one frame, read where the warp says, are those of the other, and the
   * image fits best there.
   */
  @ParameterizedTest
  @EnumSource(Motion.class)
  void shouldSayWhereThingsAreInAnotherFrame(Motion motion) throws Exception {
    try (SimulatedCamera camera = new SimulatedCamera(motion.of(SHARP), new FramePool(2))) {
      List<byte[]> frames = frames(camera, 7);
      TrueWarp warp = camera.trueWarp(1, 6);
      float[] from = camera.groundTruth(1).values();
      imagesAgree(frames.get(1), frames.get(6), from, warp);
      truthsAgree(from, camera.groundTruth(6).values(), warp);
    }
  }

  private static void imagesAgree(byte[] from, byte[] to, float[] depth, TrueWarp warp) {
    double error = difference(from, to, depth, warp, 0, 0);
    assertThat(error).isLessThan(0.4 * distance(from, to));
    for (double off : new double[] {-0.5, 0.5}) {
      assertThat(difference(from, to, depth, warp, off, 0)).isGreaterThan(1.15 * error);
      assertThat(difference(from, to, depth, warp, 0, off)).isGreaterThan(1.15 * error);
    }
  }

  private static void truthsAgree(float[] from, float[] to, TrueWarp warp) {
    List<Double> errors = new ArrayList<>();
    List<Double> naive = new ArrayList<>();
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double[] there = warp.map(x, y, from[y * WIDTH + x]);
        double truth = vergence(to, there[0], there[1]);
        if (!Double.isNaN(truth)) {
          errors.add(Math.abs(1 / there[2] - truth));
          naive.add((double) Math.abs(1 / from[y * WIDTH + x] - 1 / to[y * WIDTH + x]));
        }
      }
    }
    assertThat(errors).hasSizeGreaterThan(WIDTH * HEIGHT / 2);
    errors.sort(null);
    naive.sort(null);
    // Float depths and linear interpolation within a cell; other pixels are hidden or at edges.
    assertThat(errors.get(errors.size() / 2)).isLessThan(1e-3);
    assertThat(errors.get(errors.size() * 8 / 10)).isLessThan(0.01);
    assertThat(errors.get(errors.size() / 2)).isLessThan(0.05 * naive.get(naive.size() / 2));
  }

  @Test
  void shouldMapBackToWhereItCameFrom() {
    double[] there = warp(Motion.ROLLING.of(SHARP), 3, 40).map(17, 61, 0.23);
    double[] back = warp(Motion.ROLLING.of(SHARP), 40, 3).map(there[0], there[1], there[2]);
    assertThat(back).containsExactly(new double[] {17, 61, 0.23}, within(1e-5));
    assertThat(Math.hypot(there[0] - 17, there[1] - 61)).isGreaterThan(1);
    assertThat(warp(Motion.ROLLING.of(SHARP), 3, 3).map(5, 6, 0.4))
        .containsExactly(new double[] {5, 6, 0.4}, within(1e-9));
  }

  @Test
  void shouldHaveAHomographyWhereDepthDoesNotMatter() {
    TrueWarp warp = warp(Motion.ROTATION.of(Motion.BREATHING.of(SHARP)), 0, 9);
    assertThat(warp.isDepthFree()).isTrue();
    double[] h = warp.homography();
    for (double[] point : new double[][] {{0, 0}, {119, 0}, {30, 70}, {119, 89}}) {
      double w = h[6] * point[0] + h[7] * point[1] + h[8];
      double x = (h[0] * point[0] + h[1] * point[1] + h[2]) / w;
      double y = (h[3] * point[0] + h[4] * point[1] + h[5]) / w;
      for (double depth : new double[] {0.1, 0.5}) {
        double[] mapped = warp.map(point[0], point[1], depth);
        assertThat(mapped[0]).isCloseTo(x, within(1e-9));
        assertThat(mapped[1]).isCloseTo(y, within(1e-9));
      }
    }
  }

  @Test
  void shouldDependOnDepthWhereTheCameraChangesItsPlace() {
    TrueWarp warp = warp(Motion.PLACE.of(SHARP), 0, 30);
    assertThat(warp.isDepthFree()).isFalse();
    double[] near = warp.map(60, 45, 0.1);
    double[] far = warp.map(60, 45, 0.6);
    assertThat(Math.hypot(near[0] - 60, near[1] - 45))
        .isGreaterThan(3 * Math.hypot(far[0] - 60, far[1] - 45));
    assertThatThrownBy(warp::homography)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the camera changed its place");
    assertThatThrownBy(() -> warp.map(0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("depth is 0.0; expected a finite number above 0 m");
    assertThatThrownBy(warp(Motion.ROLLING.of(SHARP), 0, 1)::homography)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rolling shutter");
  }

  /** 4 % over the sweep: from 0.98 to 1.02 of the magnification in the middle of the sweep. */
  @Test
  void shouldMagnifyAboutTheCentreByTheBreathing() {
    TrueWarp warp =
        warp(
            SHARP
                .withOptics(new SimulatedCameraConfig.Optics(0, 0.0048))
                .withLens(new SimulatedCameraConfig.Lens(80, 0.7, 0)),
            0,
            9);
    double middleX = (WIDTH - 1) / 2.0;
    double middleY = (HEIGHT - 1) / 2.0;
    double[] centre = warp.map(middleX, middleY, 0.3);
    assertThat(centre[0]).isCloseTo(middleX, within(1e-9));
    assertThat(centre[1]).isCloseTo(middleY, within(1e-9));
    double[] right = warp.map(middleX + 60, middleY, 0.3);
    assertThat(right[0] - middleX).isCloseTo(60 * 1.02 / 0.98, within(0.01));
  }

  /** A shift of 0.4 pixels right and 0.3 up per dioptre, over a sweep of 8.33 dioptres. */
  @Test
  void shouldShiftTheCentreByTheDrift() {
    TrueWarp warp = warp(SHARP.withOptics(new SimulatedCameraConfig.Optics(0, 0, 0.4, -0.3)), 0, 9);
    double[] moved = warp.map(20, 30, 0.3);
    assertThat(moved[0] - 20).isCloseTo(0.4 * 25 / 3, within(0.01));
    assertThat(moved[1] - 30).isCloseTo(-0.3 * 25 / 3, within(0.01));
  }

  private static TrueWarp warp(SimulatedCameraConfig config, long from, long to) {
    return new TrueWarp(config, new CameraState(config, 0), from, to);
  }

  private static double difference(
      byte[] from, byte[] to, float[] depth, TrueWarp warp, double offX, double offY) {
    double sum = 0;
    int count = 0;
    for (int y = 2; y < HEIGHT - 2; y++) {
      for (int x = 2; x < WIDTH - 2; x++) {
        double[] there = warp.map(x, y, depth[y * WIDTH + x]);
        int left = (int) Math.floor(there[0] + offX);
        int top = (int) Math.floor(there[1] + offY);
        if (left < 0 || top < 0 || left > WIDTH - 2 || top > HEIGHT - 2) {
          continue;
        }
        double fx = there[0] + offX - left;
        double fy = there[1] + offY - top;
        int at = top * WIDTH + left;
        double upper = (to[at] & 0xff) * (1 - fx) + (to[at + 1] & 0xff) * fx;
        double lower = (to[at + WIDTH] & 0xff) * (1 - fx) + (to[at + WIDTH + 1] & 0xff) * fx;
        sum += Math.abs(upper * (1 - fy) + lower * fy - (from[y * WIDTH + x] & 0xff));
        count++;
      }
    }
    assertThat(count).isGreaterThan(WIDTH * HEIGHT / 2);
    return sum / count;
  }

  private static double distance(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  /** Returns 1 / depth between pixels, or NaN outside and where the surface is not one plane. */
  private static double vergence(float[] depth, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    if (left < 0 || top < 0 || left > WIDTH - 2 || top > HEIGHT - 2) {
      return Double.NaN;
    }
    int at = top * WIDTH + left;
    double a = 1 / depth[at];
    double b = 1 / depth[at + 1];
    double c = 1 / depth[at + WIDTH];
    double d = 1 / depth[at + WIDTH + 1];
    if (Math.abs(a + d - b - c) > 0.01) {
      return Double.NaN;
    }
    double fx = x - left;
    double fy = y - top;
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
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
}
