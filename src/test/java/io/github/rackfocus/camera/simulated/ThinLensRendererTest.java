package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThinLensRendererTest {
  /** Each row of a rolling shutter is as sharp as a whole image at the focus of that row. */
  @Test
  void shouldBlurEachRowByTheFocusOfItsOwnExposure() {
    SimulatedCameraConfig base = SimulatedCameraConfig.DEFAULTS.withSize(64, 48);
    SimulatedCameraConfig config =
        base.withSweep(new SimulatedCameraConfig.Sweep(4, 2, 8, SweepPattern.TRIANGLE))
            .withOptics(new SimulatedCameraConfig.Optics(45, 0))
            .withShutter(new SimulatedCameraConfig.Shutter(0.06));
    CameraState state = new CameraState(config, 0);
    ThinLensRenderer renderer = new ThinLensRenderer(config);
    float[] rolling = renderer.render(state.capture(1, renderer.margin()));
    float[] first = renderer.render(allLike(state, 2));
    float[] last = renderer.render(allLike(state, 45));
    assertThat(difference(rolling, first, 2)).isLessThan(0.2 * difference(rolling, last, 2));
    assertThat(difference(rolling, last, 45)).isLessThan(0.2 * difference(rolling, first, 45));
  }

  /** Returns a frame all of whose rows are exposed like one of the rolling shutter's. */
  private static Capture allLike(CameraState state, int row) {
    return new Capture(
        0, new View[] {state.view(1, row)}, new LensTrack.Exposure[] {state.exposure(1, row)});
  }

  private static double difference(float[] one, float[] other, int row) {
    double sum = 0;
    for (int x = 0; x < 64; x++) {
      sum += Math.abs(one[row * 64 + x] - other[row * 64 + x]);
    }
    return sum;
  }
}
