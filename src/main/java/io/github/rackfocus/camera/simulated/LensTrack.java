package io.github.rackfocus.camera.simulated;

/**
 * The focus of the lens over a periodic sweep in steady state, at one temperature. Immutable.
 *
 * <p>Frames are simulated from exposure to exposure; for other times, which only a rolling shutter
 * or a clock offset needs, the focus is interpolated between samples.
 */
final class LensTrack {
  private static final double STEP_SECONDS = 1e-4;
  private static final int WARM_UP_SWEEPS = 3;

  private static final double SAMPLE_SECONDS = 2.5e-4;
  private static final int MIN_SAMPLES = 64;
  private static final int MAX_SAMPLES = 2048;

  private final Exposure[] exposures;
  private final double[] samples;
  private final double halfExposure;

  /**
   * The focus during one exposure, dioptres.
   *
   * @param start focus when the shutter opens
   * @param middle focus at mid-exposure, the value of the reading
   * @param end focus when the shutter closes
   * @param settled whether it moved by less than half a plane and its transient has decayed
   * @param direction +1 towards near, -1 towards far, 0 holding
   */
  record Exposure(double start, double middle, double end, boolean settled, int direction) {
    /** Returns the mean square distance to a vergence over the exposure, by Simpson's rule. */
    double meanSquareDistance(double vergence) {
      double a = start - vergence;
      double b = middle - vergence;
      double c = end - vergence;
      return (a * a + 4 * b * b + c * c) / 6;
    }

    /** Returns the exposure with another focus throughout. */
    Exposure shifted(double dioptres) {
      return dioptres == 0
          ? this
          : new Exposure(start + dioptres, middle + dioptres, end + dioptres, settled, direction);
    }
  }

  LensTrack(SimulatedCameraConfig config) {
    int period = config.sweepFrames();
    LiquidLens lens = lens(config);
    exposures = new Exposure[period];
    halfExposure = config.sensor().exposureSeconds() / 2 * config.format().rateHz();
    for (long frame = -(long) WARM_UP_SWEEPS * period; frame < period; frame++) {
      Exposure exposure = expose(lens, config, frame, halfExposure);
      if (frame >= 0) {
        exposures[(int) frame] = exposure;
      }
    }
    samples = sample(config, period);
  }

  private static LiquidLens lens(SimulatedCameraConfig config) {
    SimulatedCameraConfig.Lens dynamics = config.lens();
    return new LiquidLens(
        dynamics.naturalFrequencyHz(),
        dynamics.dampingRatio(),
        dynamics.hysteresisDioptres(),
        config.sweep().farthestDioptres());
  }

  private static double[] sample(SimulatedCameraConfig config, int period) {
    double wanted = Math.ceil(1 / config.format().rateHz() / SAMPLE_SECONDS);
    int perFrame = (int) Math.max(MIN_SAMPLES, Math.min(MAX_SAMPLES, wanted));
    double[] samples = new double[period * perFrame];
    LiquidLens lens = lens(config);
    for (int i = -WARM_UP_SWEEPS * samples.length; i < samples.length; i++) {
      if (i >= 0) {
        samples[i] = lens.focus();
      }
      move(lens, config, (double) i / perFrame, (i + 1.0) / perFrame);
    }
    return samples;
  }

  /** Returns the period in frames. */
  int period() {
    return exposures.length;
  }

  /** Returns the exposure of a frame. */
  Exposure at(long sequence) {
    return exposures[(int) Math.floorMod(sequence, (long) exposures.length)];
  }

  /**
   * Returns the focus at any time.
   *
   * @param phase time in frames; frame k is exposed around k + 0.5
   */
  double focusAt(double phase) {
    double at = phase / exposures.length * samples.length;
    double whole = Math.floor(at);
    int first = (int) Math.floorMod((long) whole, (long) samples.length);
    int second = first + 1 == samples.length ? 0 : first + 1;
    return samples[first] + (at - whole) * (samples[second] - samples[first]);
  }

  /** Returns the exposure of a row of a frame whose middle is {@code delay} frames late. */
  Exposure at(long sequence, double delay) {
    double middle = Math.floorMod(sequence, (long) exposures.length) + 0.5 + delay;
    Exposure whole = at(sequence);
    return new Exposure(
        focusAt(middle - halfExposure),
        focusAt(middle),
        focusAt(middle + halfExposure),
        whole.settled(),
        whole.direction());
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

  /**
   * Moves the lens from one phase to another; the command is sampled in the middle of each step.
   */
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
