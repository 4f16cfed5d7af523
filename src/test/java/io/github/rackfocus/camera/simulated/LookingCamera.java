package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.frame.Pfm;
import java.nio.ByteBuffer;

/**
 * The simulated camera behind a lens that somebody else moves: renders the still scene at any
 * focus. Without breathing. For one thread.
 */
public final class LookingCamera {
  private final SimulatedCameraConfig config;
  private final CameraState state;
  private final ThinLensRenderer renderer;
  private final Bloom bloom;
  private final SensorModel sensor;
  private long number;

  public LookingCamera(int width, int height) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    config =
        defaults
            .withFormat(new SimulatedCameraConfig.Format(width, height, 10))
            .withOptics(
                new SimulatedCameraConfig.Optics(defaults.optics().blurPixelsOverSweep(), 0));
    state = new CameraState(config, 0);
    renderer = new ThinLensRenderer(config);
    bloom = new Bloom(config);
    sensor = new SensorModel(config);
  }

  /** Returns the luma of an image taken while the focus was so at the start, middle and end. */
  public byte[] image(double start, double middle, double end) {
    Capture still = state.capture(0, renderer.margin());
    LensTrack.Exposure exposure = new LensTrack.Exposure(start, middle, end, true, 0);
    Capture capture =
        new Capture(still.margin(), still.views(), new LensTrack.Exposure[] {exposure});
    ByteBuffer luma = ByteBuffer.allocateDirect(config.format().width() * config.format().height());
    sensor.expose(sensor.base(bloom.spread(renderer.render(capture))), number++, luma);
    byte[] pixels = new byte[luma.capacity()];
    luma.rewind();
    luma.get(pixels);
    return pixels;
  }

  /** Returns the true depth in metres. */
  public Pfm truth() {
    return new Pfm(
        config.format().width(), config.format().height(), renderer.depth(state.capture(0, 0)));
  }
}
