package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.Affine;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LensBreathingTest {
  private static final LensBreathing LENS = new LensBreathing(5, 0.01, 0.001, 0.5, -0.25, 320, 240);

  private static double[] moved(LensBreathing lens, double focus, double x, double y) {
    double[] t = new double[6];
    lens.toRaw(focus, t);
    return new double[] {t[0] * x + t[1] * y + t[2], t[3] * x + t[4] * y + t[5]};
  }

  @Test
  void shouldLeaveTheReferenceViewAsItIs() {
    assertThat(moved(LENS, 5, 17, 400)).containsExactly(new double[] {17, 400}, within(1e-12));
  }

  @Test
  void shouldGrowAboutThePrincipalPointAndShift() {
    // Two dioptres nearer: 1 + 2 * 0.01 + 4 * 0.001 = 1.024.
    assertThat(moved(LENS, 7, 320, 240)).containsExactly(new double[] {321, 239.5}, within(1e-9));
    assertThat(moved(LENS, 7, 420, 140)).containsExactly(new double[] {423.4, 137.1}, within(1e-9));
  }

  @Test
  void shouldFollowACropAndBinning() {
    LensBreathing half = LENS.mapped(100, 40, 0.5, 0.5);
    double[] whole = moved(LENS, 3, 500, 300);
    double[] binned = moved(half, 3, (500 - 100) * 0.5, (300 - 40) * 0.5);
    assertThat(binned)
        .containsExactly(
            new double[] {(whole[0] - 100) * 0.5, (whole[1] - 40) * 0.5}, within(1e-9));
  }

  @Test
  void shouldKnowWhenItDoesNothing() {
    assertThat(LensBreathing.NONE.isActive()).isFalse();
    assertThat(LENS.isActive()).isTrue();
    assertThat(new LensBreathing(5, 0, 0, 0, 0, 320, 240).isActive()).isFalse();
  }

  /** In rectified pixels a point goes to the camera's pixels, breathes, and comes back. */
  @Test
  void shouldMoveRectifiedPixelsLikeThoseOfTheCamera() {
    LensBreathing breathing = new LensBreathing(5, 0.01, 0, 0.5, -0.25, 310, 250);
    LensCalibration lens = new LensCalibration(1, 0, 0, breathing, LensTiming.NONE, LensDrift.NONE);
    double[] k = {500, 0, 310, 0, 500, 250, 0, 0, 1};
    double[] p = {400, 0, 320, 0, 0, 450, 240, 0, 0, 0, 1, 0};
    double[] r = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    CameraCalibration calibration =
        new CameraCalibration(
            "",
            640,
            480,
            CameraCalibration.DistortionModel.PLUMB_BOB,
            new double[0],
            k,
            r,
            p,
            lens);
    Affine warp = new Affine();
    Objects.requireNonNull(calibration.lensWarp(true)).referenceToImage(7, warp);
    // (100, 60): camera (100 - 320) / 400 * 500 + 310 = 35, (60 - 240) / 450 * 500 + 250 = 50.
    double cameraX = 310 + 1.02 * (35 - 310) + 1;
    double cameraY = 250 + 1.02 * (50 - 250) - 0.5;
    assertThat(warp.x(100, 60)).isCloseTo((cameraX - 310) / 500 * 400 + 320, within(1e-9));
    assertThat(warp.y(100, 60)).isCloseTo((cameraY - 250) / 500 * 450 + 240, within(1e-9));
    Objects.requireNonNull(calibration.lensWarp(false)).referenceToImage(7, warp);
    assertThat(warp.x(35, 50)).isCloseTo(cameraX, within(1e-9));
    assertThat(warp.y(35, 50)).isCloseTo(cameraY, within(1e-9));
  }
}
