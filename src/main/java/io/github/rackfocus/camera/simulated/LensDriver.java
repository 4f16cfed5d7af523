package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.frame.FocusReading;

/** What the driver of a simulated lens reports for a frame. Immutable. */
final class LensDriver {
  private final SimulatedCameraConfig config;
  private final CameraState state;

  LensDriver(SimulatedCameraConfig config, CameraState state) {
    this.config = config;
    this.state = state;
  }

  /**
   * Returns the reading for a frame. Whether the lens is settled, and its direction, are those of
   * the lens itself in any case.
   *
   * @param errorDioptres noise, added to the focus
   */
  FocusReading read(long sequence, double errorDioptres) {
    LensTrack.Exposure exposure = state.track().at(sequence);
    double focus = Math.max(0, focus(sequence) + errorDioptres);
    double heldAt = state.seconds(sequence) - config.readings().clockOffsetSeconds();
    float celsius = config.temperature().isChanging() ? (float) state.celsius(heldAt) : Float.NaN;
    return new FocusReading(focus, focus, exposure.settled(), celsius, exposure.direction());
  }

  private double focus(long sequence) {
    LensReadingsConfig readings = config.readings();
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    double phase =
        Math.floorMod(sequence, (long) config.sweepFrames())
            + 0.5
            - readings.clockOffsetSeconds() * config.format().rateHz();
    return switch (readings.source()) {
      case COMMAND ->
          sweep
              .pattern()
              .commandAt(phase, sweep.planes(), sweep.farthestDioptres(), sweep.nearestDioptres());
      case ACTUAL ->
          readings.clockOffsetSeconds() == 0
              ? state.track().at(sequence).middle()
              : state.track().focusAt(phase);
    };
  }
}
