package io.github.rackfocus.camera.simulated;

/**
 * The true state of a camera over time: its focus, temperature and pose, and from them the view of
 * every row. What repeats does so after the loop. Immutable and thread-safe.
 */
final class CameraState {
  private static final double SWING_HZ = 0.2;

  private final SimulatedCameraConfig config;
  private final double loopSeconds;
  private final double swingHz;
  private final LensTrack track;
  private final CameraPath path;

  /**
   * @param loopFrames period of all motion in frames; 0 if it need not repeat
   * @throws IllegalArgumentException if the view would leave the bench, or no shake fits the loop
   */
  CameraState(SimulatedCameraConfig config, int loopFrames) {
    this.config = config;
    this.loopSeconds = loopFrames / config.format().rateHz();
    this.swingHz =
        loopFrames == 0 ? SWING_HZ : Math.max(1, Math.rint(SWING_HZ * loopSeconds)) / loopSeconds;
    this.track = new LensTrack(config);
    // Frames of a camera that looks the same in every sweep are rendered once.
    this.path = new CameraPath(config, loopSeconds);
  }

  /** Returns scene time at the middle of a frame's exposure, in seconds. */
  double seconds(long sequence) {
    return (sequence + 0.5) / config.format().rateHz();
  }

  /** Returns the focus of the lens at the temperature of the start, over the period of a sweep. */
  LensTrack track() {
    return track;
  }

  /** Returns the temperature of the lens in °C. */
  double celsius(double seconds) {
    return config.temperature().celsiusAt(seconds, loopSeconds);
  }

  /** Returns the change of the true focus by temperature in dioptres. */
  double drift(double seconds) {
    TemperatureConfig temperature = config.temperature();
    return temperature.drifts()
        ? temperature.dioptresPerCelsius() * (celsius(seconds) - temperature.celsius())
        : 0;
  }

  /** Returns by how many frames a row is exposed later than the middle of the image. */
  double delay(double row) {
    int height = config.format().height();
    double seconds = config.shutter().readoutSeconds() * ((row + 0.5) / height - 0.5);
    return seconds * config.format().rateHz();
  }

  /** Returns the exposure of a row. */
  LensTrack.Exposure exposure(long sequence, double row) {
    if (!config.shutter().isRolling()) {
      return track.at(sequence).shifted(drift(seconds(sequence)));
    }
    double delay = delay(row);
    double seconds = seconds(sequence) + delay / config.format().rateHz();
    return track.at(sequence, delay).shifted(drift(seconds));
  }

  /** Returns the view of a row. */
  View view(long sequence, double row) {
    double seconds = seconds(sequence) + delay(row) / config.format().rateHz();
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    SimulatedCameraConfig.Optics optics = config.optics();
    SimulatedCameraConfig.Format format = config.format();
    double centre = (sweep.farthestDioptres() + sweep.nearestDioptres()) / 2;
    double defocus = exposure(sequence, row).middle() - centre;
    double magnification = 1 + optics.breathingPerDioptre() * defocus;
    return new View(
        format.width(),
        format.height(),
        ThinLensRenderer.FOCAL_WIDTHS * format.width() * magnification,
        format.width() / 2.0 + optics.driftXPixelsPerDioptre() * defocus,
        format.height() / 2.0 + optics.driftYPixelsPerDioptre() * defocus,
        path.at(seconds),
        seconds,
        config.scene().motionMetresPerSecond() / (2 * Math.PI * swingHz),
        swingHz);
  }

  /**
   * Returns how a frame is taken.
   *
   * @param margin rows beyond the image above and below that are needed with a rolling shutter
   */
  Capture capture(long sequence, int margin) {
    int count = config.shutter().isRolling() ? config.format().height() + 2 * margin : 1;
    View[] views = new View[count];
    LensTrack.Exposure[] exposures = new LensTrack.Exposure[count];
    for (int i = 0; i < count; i++) {
      int row = count == 1 ? 0 : i - margin;
      views[i] = view(sequence, row);
      exposures[i] = exposure(sequence, row);
    }
    return new Capture(margin, views, exposures);
  }
}
