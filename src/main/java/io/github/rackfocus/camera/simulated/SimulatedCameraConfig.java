package io.github.rackfocus.camera.simulated;

/**
 * What a simulated camera is like. Immutable and checked: a fault names the field, what was found
 * and what is expected.
 *
 * @param width pixels in a row, 32 to 4096
 * @param height rows, 32 to 4096
 * @param rateHz frames a second
 * @param seed of the scene and of all noise
 * @param sweep the planes and how the lens runs through them
 * @param optics blur and magnification
 * @param lens dynamics
 * @param sensor exposure, noise and faults
 * @param motionMetresPerSecond top speed of the parts that move; 0 for a still scene
 * @param prerenderedSweeps sweeps rendered ahead and replayed with fresh noise; 0 renders each
 *     frame when it is asked for
 * @param paced frames come at their rate, and one that finds its pool empty is dropped; else as
 *     fast as they are taken, waiting for the pool
 * @param startStampNanos stamp of the first frame's mid-exposure, but for jitter
 */
public record SimulatedCameraConfig(
    int width,
    int height,
    double rateHz,
    long seed,
    Sweep sweep,
    Optics optics,
    Lens lens,
    Sensor sensor,
    double motionMetresPerSecond,
    int prerenderedSweeps,
    boolean paced,
    long startStampNanos) {
  /** 320 x 240 at 15 Hz, ten planes from 0.60 m to 0.10 m, one sweep rendered ahead. */
  public static final SimulatedCameraConfig DEFAULTS =
      new SimulatedCameraConfig(
          320,
          240,
          15,
          5,
          new Sweep(10, 1 / 0.60, 1 / 0.10, SweepPattern.SAW),
          new Optics(11.25, 0.0005),
          new Lens(80, 0.7, 0.02),
          new Sensor(0.008, 1, 10_000, 12, 0, 0, 0),
          0,
          1,
          true,
          0);

  private static final int MIN_SIDE = 32;
  private static final int MAX_SIDE = 4096;

  /** Checks every field. */
  public SimulatedCameraConfig {
    inRange("width", width, MIN_SIDE, MAX_SIDE, "pixels");
    inRange("height", height, MIN_SIDE, MAX_SIDE, "pixels");
    inRange("rateHz", rateHz, 0.1, 1000, "frames a second");
    inRange("motionMetresPerSecond", motionMetresPerSecond, 0, 10, "m/s");
    inRange("prerenderedSweeps", prerenderedSweeps, 0, 100, "sweeps");
    if (startStampNanos < 0) {
      throw new IllegalArgumentException(
          "startStampNanos is " + startStampNanos + "; expected 0 or more");
    }
    if (sensor.exposureSeconds() > 1 / rateHz) {
      throw new IllegalArgumentException(
          "sensor.exposureSeconds is "
              + sensor.exposureSeconds()
              + "; expected at most "
              + 1 / rateHz
              + ", one frame at "
              + rateHz
              + " Hz");
    }
  }

  /**
   * The planes, at equal distances in dioptres.
   *
   * @param planes 3 to 64
   * @param farthestDioptres focus of the first plane, above 0
   * @param nearestDioptres focus of the last plane
   * @param pattern how the lens runs through them
   */
  public record Sweep(
      int planes, double farthestDioptres, double nearestDioptres, SweepPattern pattern) {
    public Sweep {
      inRange("sweep.planes", planes, 3, 64, "planes");
      inRange("sweep.farthestDioptres", farthestDioptres, 0.01, 100, "dioptres");
      inRange("sweep.nearestDioptres", nearestDioptres, 0.01, 100, "dioptres");
      if (!(nearestDioptres > farthestDioptres * 1.01)) {
        throw new IllegalArgumentException(
            "sweep.nearestDioptres is "
                + nearestDioptres
                + "; expected more than"
                + " sweep.farthestDioptres, "
                + farthestDioptres
                + ", by at least a hundredth");
      }
    }

    /** Dioptres from one plane to the next. */
    public double planeDistance() {
      return (nearestDioptres - farthestDioptres) / (planes - 1);
    }

    /** Focus of a plane, 0 the farthest. */
    public double focus(int plane) {
      return farthestDioptres + plane * planeDistance();
    }
  }

  /**
   * @param blurPixelsOverSweep radius of the blur disc of a point at one end of the sweep when the
   *     lens is focused on the other, for an image 320 pixels wide; it grows with the width
   * @param breathingPerDioptre relative change of the magnification with focus
   */
  public record Optics(double blurPixelsOverSweep, double breathingPerDioptre) {
    public Optics {
      inRange("optics.blurPixelsOverSweep", blurPixelsOverSweep, 0, 64, "pixels");
      inRange("optics.breathingPerDioptre", breathingPerDioptre, -0.02, 0.02, "per dioptre");
    }
  }

  /**
   * Second-order dynamics; see {@code LiquidLens}.
   *
   * @param naturalFrequencyHz undamped
   * @param dampingRatio below 1 the lens rings
   * @param hysteresisDioptres between the ways up and down
   */
  public record Lens(double naturalFrequencyHz, double dampingRatio, double hysteresisDioptres) {
    public Lens {
      inRange("lens.naturalFrequencyHz", naturalFrequencyHz, 1, 5000, "Hz");
      inRange("lens.dampingRatio", dampingRatio, 0.05, 10, "of critical damping");
      inRange("lens.hysteresisDioptres", hysteresisDioptres, 0, 10, "dioptres");
    }
  }

  /**
   * @param exposureSeconds while the focus may change
   * @param gain on signal and noise
   * @param fullWellElectrons of a saturated pixel at gain 1: shot noise
   * @param readNoiseElectrons one sigma
   * @param dropProbability of a frame never to arrive
   * @param stampJitterSeconds one sigma, cut at 0.4 frames
   * @param readingNoiseDioptres one sigma of the focus reading
   */
  public record Sensor(
      double exposureSeconds,
      double gain,
      double fullWellElectrons,
      double readNoiseElectrons,
      double dropProbability,
      double stampJitterSeconds,
      double readingNoiseDioptres) {
    public Sensor {
      inRange("sensor.exposureSeconds", exposureSeconds, 1e-6, 10, "seconds");
      inRange("sensor.gain", gain, 0.05, 20, "times");
      inRange("sensor.fullWellElectrons", fullWellElectrons, 10, 1e9, "electrons");
      inRange("sensor.readNoiseElectrons", readNoiseElectrons, 0, 1e6, "electrons");
      inRange("sensor.dropProbability", dropProbability, 0, 0.99, "");
      inRange("sensor.stampJitterSeconds", stampJitterSeconds, 0, 10, "seconds");
      inRange("sensor.readingNoiseDioptres", readingNoiseDioptres, 0, 10, "dioptres");
    }
  }

  /** The same in another size. */
  public SimulatedCameraConfig withSize(int newWidth, int newHeight) {
    return new SimulatedCameraConfig(
        newWidth,
        newHeight,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same at another rate. */
  public SimulatedCameraConfig withRate(double hertz) {
    return new SimulatedCameraConfig(
        width,
        height,
        hertz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another scene and other noise. */
  public SimulatedCameraConfig withSeed(long value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        value,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another sweep. */
  public SimulatedCameraConfig withSweep(Sweep value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        value,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another number of planes between the same ends. */
  public SimulatedCameraConfig withPlanes(int planes) {
    return withSweep(
        new Sweep(planes, sweep.farthestDioptres, sweep.nearestDioptres, sweep.pattern));
  }

  /** The same with other optics. */
  public SimulatedCameraConfig withOptics(Optics value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        value,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another lens. */
  public SimulatedCameraConfig withLens(Lens value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        value,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another sensor. */
  public SimulatedCameraConfig withSensor(Sensor value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        value,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with parts that move at a top speed, or stand still at 0. */
  public SimulatedCameraConfig withMotion(double metresPerSecond) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        metresPerSecond,
        prerenderedSweeps,
        paced,
        startStampNanos);
  }

  /** The same with another number of sweeps rendered ahead. */
  public SimulatedCameraConfig withPrerenderedSweeps(int sweeps) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        sweeps,
        paced,
        startStampNanos);
  }

  /** The same, at its rate or as fast as possible. */
  public SimulatedCameraConfig withPaced(boolean value) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        value,
        startStampNanos);
  }

  /** The same with another first stamp. */
  public SimulatedCameraConfig withStartStamp(long stampNanos) {
    return new SimulatedCameraConfig(
        width,
        height,
        rateHz,
        seed,
        sweep,
        optics,
        lens,
        sensor,
        motionMetresPerSecond,
        prerenderedSweeps,
        paced,
        stampNanos);
  }

  private static void inRange(String field, double value, double least, double most, String unit) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          field
              + " is "
              + text(value)
              + "; expected "
              + text(least)
              + " to "
              + text(most)
              + (unit.isEmpty() ? "" : " " + unit));
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
