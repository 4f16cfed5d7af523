package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CameraPathTest {
  private static final SimulatedCameraConfig CONFIG = SimulatedCameraConfig.DEFAULTS;
  private static final double FOCAL = 1.2 * 320;

  @Test
  void shouldNotMoveByDefault() {
    assertThat(new CameraPath(CONFIG, 0).at(3)).isSameAs(Pose.STILL);
  }

  /** Measures the image motion of a far point with the pose itself, not with the sinusoids. */
  @ParameterizedTest
  @CsvSource({"0.75,0,1", "0.75,8,1", "2,0,1", "2,10,77"})
  void shouldShakeTheImageByTheStatedPixelsPerFrame(double pixels, double loop, long seed) {
    CameraPath path = path(motion().withShakePixelsPerFrame(pixels), seed, loop);
    int frames = loop == 0 ? 1500 : (int) Math.rint(loop * 15);
    double centre = 0;
    double edge = 0;
    for (int k = 0; k < frames; k++) {
      double[] before = image(path.at(k / 15.0), 0);
      double[] after = image(path.at((k + 1) / 15.0), 0);
      double[] edgeBefore = image(path.at(k / 15.0), 160);
      double[] edgeAfter = image(path.at((k + 1) / 15.0), 160);
      double dx = after[0] - before[0];
      double dy = after[1] - before[1];
      centre += dx * dx + dy * dy;
      // What an edge moves more than the centre is due to roll.
      double roll = edgeAfter[1] - edgeBefore[1] - dy;
      edge += roll * roll;
    }
    assertThat(Math.sqrt(centre / frames)).isCloseTo(pixels, within(0.02 * pixels));
    assertThat(Math.sqrt(edge / frames)).isCloseTo(pixels / 2, within(0.05 * pixels));
  }

  @Test
  void shouldDisplaceTheCameraByTheStatedMillimetres() {
    CameraPath path = path(motion().withShakeMillimetres(0.8), 3, 0);
    double square = 0;
    for (int k = 0; k < 1500; k++) {
      Pose pose = path.at(k / 15.0);
      for (int axis = 0; axis < 3; axis++) {
        square += pose.place(axis) * pose.place(axis);
      }
      assertThat(image(pose, 0)).containsExactly(new double[] {0, 0}, within(1e-6));
    }
    assertThat(1e3 * Math.sqrt(square / 1500)).isCloseTo(0.8, within(0.01));
  }

  /** The spectrum at 0.25 Hz and at 12 Hz, seen at 60 Hz, is empty; that at 2 Hz is not. */
  @Test
  void shouldShakeOnlyWithinTheBand() {
    SimulatedCameraConfig fast =
        CONFIG.withRate(60).withMotion(motion().withShakePixelsPerFrame(0.5));
    CameraPath path = new CameraPath(fast, 8);
    double most = 0;
    for (int multiple = 4; multiple <= 64; multiple++) {
      most = Math.max(most, power(path, multiple / 8.0));
    }
    for (double hertz : new double[] {0.125, 0.25, 0.375, 8.25, 9, 12, 20}) {
      // Not 0, because the image moves by the tangent of the angle.
      assertThat(power(path, hertz)).isLessThan(1e-3 * most);
    }
  }

  @Test
  void shouldPanByTheStatedPixelsPerSweepAtConstantSpeed() {
    CameraPath path = path(motion().withPanPixelsPerSweep(10), 1, 8 / 1.5);
    for (double t = 0; t < 6; t += 0.37) {
      double[] before = image(path.at(t), 0);
      double[] after = image(path.at(t + 1e-3), 0);
      double perSweep = Math.hypot(after[0] - before[0], after[1] - before[1]) / 1e-3 * 10 / 15;
      assertThat(perSweep).isCloseTo(10, within(0.1));
      assertThat(Math.hypot(before[0], before[1])).isCloseTo(10 * 8 / (2 * Math.PI), within(0.1));
    }
  }

  @Test
  void shouldTravelAtTheStatedSpeed() {
    CameraPath path = path(motion().withTravelMetresPerSecond(0.004), 1, 0);
    for (double t = 0; t < 6; t += 0.37) {
      Pose before = path.at(t);
      Pose after = path.at(t + 1e-3);
      double speed =
          Math.hypot(after.place(0) - before.place(0), after.place(1) - before.place(1)) / 1e-3;
      assertThat(speed).isCloseTo(0.004, within(1e-5));
    }
  }

  @Test
  void shouldRepeatAfterItsLoop() {
    CameraMotionConfig all = new CameraMotionConfig(1, 0.5, 5, 0.002, 3);
    CameraPath path = path(all, 9, 2);
    for (double t = 0; t < 2; t += 0.1) {
      assertThat(image(path.at(t + 2), 100)[0]).isCloseTo(image(path.at(t), 100)[0], within(1e-9));
      assertThat(path.at(t + 2).place(1)).isCloseTo(path.at(t).place(1), within(1e-12));
    }
    assertThat(path.at(0.7).place(1)).isNotEqualTo(path.at(0).place(1));
    assertThat(path(all, 9, 2).at(0.7).place(1)).isEqualTo(path.at(0.7).place(1));
    assertThat(path(all, 10, 2).at(0.7).place(1)).isNotEqualTo(path.at(0.7).place(1));
  }

  @Test
  void shouldRefuseMotionThatLeavesTheBench() {
    assertThatThrownBy(() -> path(motion().withPanPixelsPerSweep(100), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("motion turns the view by up to 128 pixels; expected at most a")
        .hasMessageContaining("quarter of the height, 60 pixels");
    assertThatThrownBy(() -> path(motion().withTravelMetresPerSecond(0.1), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("motion displaces the camera by up to 85 mm; expected at most a")
        .hasMessageContaining("quarter of the nearest distance, 25 mm");
    assertThatThrownBy(() -> path(motion().withShakeMillimetres(1), 1, 0.05))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("motion repeats after 0.05 s at 15.0 Hz")
        .hasMessageEndingWith("more playback.prerenderedSweeps, or 0");
  }

  private static CameraMotionConfig motion() {
    return CameraMotionConfig.DEFAULTS;
  }

  private static CameraPath path(CameraMotionConfig motion, long seed, double loop) {
    return new CameraPath(CONFIG.withScene(CONFIG.scene().withSeed(seed)).withMotion(motion), loop);
  }

  /** Returns where a far point, seen at a column from the centre at rest, is seen. */
  private static double[] image(Pose pose, double column) {
    double far = 1e9;
    double[] point = {column / FOCAL * far, 0, far};
    pose.toCamera(point);
    return new double[] {
      Math.rint(1e6 * (point[0] / point[2] * FOCAL)) / 1e6,
      Math.rint(1e6 * (point[1] / point[2] * FOCAL)) / 1e6
    };
  }

  private static double power(CameraPath path, double hertz) {
    double real = 0;
    double imaginary = 0;
    for (int k = 0; k < 480; k++) {
      double x = image(path.at(k / 60.0), 0)[0];
      real += x * Math.cos(2 * Math.PI * hertz * k / 60);
      imaginary += x * Math.sin(2 * Math.PI * hertz * k / 60);
    }
    return real * real + imaginary * imaginary;
  }
}
