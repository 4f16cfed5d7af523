package io.github.rackfocus.camera.simulated;

/**
 * Where the lens stands in every frame of a sweep that repeats itself, after its first transient.
 * Immutable.
 */
final class LensTrack {
  private static final double STEP_SECONDS = 1e-4;
  private static final int WARM_UP_SWEEPS = 3;

  private final Exposure[] exposures;

  /**
   * The focus during one exposure, dioptres.
   *
   * @param start when the shutter opens
   * @param middle at mid-exposure: the reading
   * @param end when it closes
   * @param settled it moved by less than half a plane and its transient had ended
   * @param direction +1 to nearer, -1 to farther, 0 holding
   */
  record Exposure(double start, double middle, double end, boolean settled, int direction) {
    /** Mean square distance from a vergence over the exposure, by Simpson's rule. */
    double meanSquareDistance(double vergence) {
      double a = start - vergence;
      double b = middle - vergence;
      double c = end - vergence;
      return (a * a + 4 * b * b + c * c) / 6;
    }
  }

  LensTrack(SimulatedCameraConfig config) {
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    SimulatedCameraConfig.Lens dynamics = config.lens();
    int period = sweep.pattern().periodFrames(sweep.planes());
    LiquidLens lens =
        new LiquidLens(
            dynamics.naturalFrequencyHz(),
            dynamics.dampingRatio(),
            dynamics.hysteresisDioptres(),
            sweep.farthestDioptres());
    exposures = new Exposure[period];
    double halfExposure = config.sensor().exposureSeconds() / 2 * config.format().rateHz();
    for (long frame = -(long) WARM_UP_SWEEPS * period; frame < period; frame++) {
      Exposure exposure = expose(lens, config, frame, halfExposure);
      if (frame >= 0) {
        exposures[(int) frame] = exposure;
      }
    }
  }

  /** Frames until it repeats. */
  int period() {
    return exposures.length;
  }

  /** The exposure of a frame. */
  Exposure at(long sequence) {
    return exposures[(int) Math.floorMod(sequence, (long) exposures.length)];
  }

  private static Exposure expose(
      LiquidLens lens, SimulatedCameraConfig config, long frame, double halfExposure) {
    double plane = config.sweep().planeDistance();
    move(lens, config, frame, frame + 0.5 - halfExposure);
    double start = lens.focus();
    double worst = lens.error();
    move(lens, config, frame + 0.5 - halfExposure, frame + 0.5);
    double middle = lens.focus();
    worst = Math.max(worst, lens.error());
    move(lens, config, frame + 0.5, frame + 0.5 + halfExposure);
    double end = lens.focus();
    worst = Math.max(worst, lens.error());
    move(lens, config, frame + 0.5 + halfExposure, frame + 1);
    double change = end - start;
    boolean settled = Math.abs(change) < plane / 2 && worst < plane / 4;
    int direction = Math.abs(change) < 0.01 * plane ? 0 : change > 0 ? 1 : -1;
    return new Exposure(start, middle, end, settled, direction);
  }

  /** Moves the lens from one phase to another; the command is read in the middle of each step. */
  private static void move(LiquidLens lens, SimulatedCameraConfig config, double from, double to) {
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    double seconds = (to - from) / config.format().rateHz();
    int steps = (int) Math.max(1, Math.min(100_000, Math.ceil(seconds / STEP_SECONDS)));
    for (int i = 0; i < steps; i++) {
      double phase = from + (to - from) * (i + 0.5) / steps;
      double command =
          sweep
              .pattern()
              .commandAt(phase, sweep.planes(), sweep.farthestDioptres(), sweep.nearestDioptres());
      lens.advance(command, seconds / steps);
    }
  }
}
