package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.common.NumberFormats;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures a simulated camera. Immutable and checked: a fault names the field, what was found and
 * what is expected.
 *
 * @param format size and rate of the images
 * @param scene what the camera looks at
 * @param sweep the focus planes and how the lens sweeps through them
 * @param optics blur and magnification
 * @param lens dynamics of the lens
 * @param sensor exposure, noise and faults
 * @param playback rendering ahead, pacing and the first stamp
 * @param motion how the camera moves
 * @param light flicker, automatic exposure and highlights
 * @param shutter whether rows are exposed at once
 * @param readings what the driver of the lens reports
 * @param temperature how the lens drifts with its temperature
 */
@RecordBuilder
public record SimulatedCameraConfig(
    Format format,
    Scene scene,
    Sweep sweep,
    Optics optics,
    Lens lens,
    Sensor sensor,
    Playback playback,
    CameraMotionConfig motion,
    LightConfig light,
    Shutter shutter,
    LensReadingsConfig readings,
    TemperatureConfig temperature)
    implements SimulatedCameraConfigBuilder.With {
  /** 320 x 240 at 15 Hz, ten planes from 0.60 m to 0.10 m, one sweep rendered ahead. */
  public static final SimulatedCameraConfig DEFAULTS =
      new SimulatedCameraConfig(
          new Format(320, 240, 15),
          new Scene(5, 0),
          new Sweep(10, 1 / 0.60, 1 / 0.10, SweepPattern.SAW),
          new Optics(11.25, 0.0005),
          new Lens(80, 0.7, 0.02),
          new Sensor(0.008, 1, 10_000, 12, 0, 0, 0),
          new Playback(1, true, 0),
          CameraMotionConfig.DEFAULTS,
          LightConfig.DEFAULTS,
          new Shutter(0),
          LensReadingsConfig.DEFAULTS,
          TemperatureConfig.DEFAULTS);

  private static final int MIN_SIDE = 32;
  private static final int MAX_SIDE = 4096;

  /** Checks that the exposure and the readout fit into a frame. */
  public SimulatedCameraConfig {
    atMostAFrame("sensor.exposureSeconds", sensor.exposureSeconds(), format);
    atMostAFrame("shutter.readoutSeconds", shutter.readoutSeconds(), format);
  }

  private static void atMostAFrame(String field, double seconds, Format format) {
    if (seconds > 1 / format.rateHz()) {
      throw new IllegalArgumentException(
          field
              + " is "
              + seconds
              + "; expected at most "
              + 1 / format.rateHz()
              + ", one frame at "
              + format.rateHz()
              + " Hz");
    }
  }

  /**
   * The images.
   *
   * @param width pixels in a row, 32 to 4096
   * @param height rows, 32 to 4096
   * @param rateHz frames per second
   */
  @RecordBuilder
  public record Format(int width, int height, double rateHz)
      implements SimulatedCameraConfigFormatBuilder.With {
    public Format {
      inRange("format.width", width, MIN_SIDE, MAX_SIDE, "pixels");
      inRange("format.height", height, MIN_SIDE, MAX_SIDE, "pixels");
      inRange("format.rateHz", rateHz, 0.1, 1000, "frames per second");
    }
  }

  /**
   * What the camera looks at.
   *
   * @param seed of the scene and of all noise
   * @param motionMetresPerSecond top speed of the moving parts; 0 for a still scene
   */
  @RecordBuilder
  public record Scene(long seed, double motionMetresPerSecond)
      implements SimulatedCameraConfigSceneBuilder.With {
    public Scene {
      inRange("scene.motionMetresPerSecond", motionMetresPerSecond, 0, 10, "m/s");
    }
  }

  /**
   * The focus planes, equally spaced in dioptres.
   *
   * @param planes 3 to 64
   * @param farthestDioptres focus of the first plane, above 0
   * @param nearestDioptres focus of the last plane
   * @param pattern how the lens sweeps through them
   */
  @RecordBuilder
  public record Sweep(
      int planes, double farthestDioptres, double nearestDioptres, SweepPattern pattern)
      implements SimulatedCameraConfigSweepBuilder.With {
    public Sweep {
      inRange("sweep.planes", planes, 3, 64, "planes");
      inRange("sweep.farthestDioptres", farthestDioptres, 0.01, 100, "dioptres");
      inRange("sweep.nearestDioptres", nearestDioptres, 0.01, 100, "dioptres");
      if (!(nearestDioptres > farthestDioptres * 1.01)) {
        throw new IllegalArgumentException(
            "sweep.nearestDioptres is "
                + nearestDioptres
                + "; expected at least 1 % more than sweep.farthestDioptres, "
                + farthestDioptres);
      }
    }

    /** Returns the dioptres from one plane to the next. */
    public double planeDistance() {
      return (nearestDioptres - farthestDioptres) / (planes - 1);
    }

    /** Returns the focus of a plane, 0 being the farthest. */
    public double focus(int plane) {
      return farthestDioptres + plane * planeDistance();
    }
  }

  /**
   * Blur and magnification.
   *
   * @param blurPixelsOverSweep radius of the blur disc of a point at one end of the sweep while the
   *     lens is focused at the other, for an image 320 pixels wide; scales with the width
   * @param breathingPerDioptre relative change of the magnification with focus
   * @param driftXPixelsPerDioptre shift of the image to the right with focus; like breathing, it is
   *     0 at the middle of the sweep
   * @param driftYPixelsPerDioptre shift of the image downwards with focus
   */
  @RecordBuilder
  public record Optics(
      double blurPixelsOverSweep,
      double breathingPerDioptre,
      double driftXPixelsPerDioptre,
      double driftYPixelsPerDioptre)
      implements SimulatedCameraConfigOpticsBuilder.With {
    public Optics {
      inRange("optics.blurPixelsOverSweep", blurPixelsOverSweep, 0, 64, "pixels");
      inRange("optics.breathingPerDioptre", breathingPerDioptre, -0.02, 0.02, "per dioptre");
      inRange(
          "optics.driftXPixelsPerDioptre", driftXPixelsPerDioptre, -10, 10, "pixels per dioptre");
      inRange(
          "optics.driftYPixelsPerDioptre", driftYPixelsPerDioptre, -10, 10, "pixels per dioptre");
    }

    /** Creates optics whose centre does not drift. */
    public Optics(double blurPixelsOverSweep, double breathingPerDioptre) {
      this(blurPixelsOverSweep, breathingPerDioptre, 0, 0);
    }
  }

  /**
   * When rows are exposed.
   *
   * @param readoutSeconds time from the exposure of the first row to that of the last, around the
   *     stamp; 0 for a global shutter
   */
  public record Shutter(double readoutSeconds) {
    public Shutter {
      inRange("shutter.readoutSeconds", readoutSeconds, 0, 10, "seconds");
    }

    /** Returns whether rows are exposed one after the other. */
    boolean isRolling() {
      return readoutSeconds > 0;
    }
  }

  /**
   * Second-order dynamics; see {@code LiquidLens}.
   *
   * @param naturalFrequencyHz undamped natural frequency
   * @param dampingRatio the lens rings below 1
   * @param hysteresisDioptres difference between sweeping up and down
   */
  @RecordBuilder
  public record Lens(double naturalFrequencyHz, double dampingRatio, double hysteresisDioptres)
      implements SimulatedCameraConfigLensBuilder.With {
    public Lens {
      inRange("lens.naturalFrequencyHz", naturalFrequencyHz, 1, 5000, "Hz");
      inRange("lens.dampingRatio", dampingRatio, 0.05, 10, "of critical damping");
      inRange("lens.hysteresisDioptres", hysteresisDioptres, 0, 10, "dioptres");
    }
  }

  /**
   * Exposure, noise and faults.
   *
   * @param exposureSeconds exposure, during which the focus may change
   * @param gain on signal and noise
   * @param fullWellElectrons electrons of a saturated pixel at gain 1; sets the shot noise
   * @param readNoiseElectrons one sigma
   * @param dropProbability probability that a frame never arrives
   * @param stampJitterSeconds one sigma, cut at 0.4 frames
   * @param readingNoiseDioptres one sigma of the focus reading
   */
  @RecordBuilder
  public record Sensor(
      double exposureSeconds,
      double gain,
      double fullWellElectrons,
      double readNoiseElectrons,
      double dropProbability,
      double stampJitterSeconds,
      double readingNoiseDioptres)
      implements SimulatedCameraConfigSensorBuilder.With {
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

  /**
   * How frames are produced.
   *
   * @param prerenderedSweeps sweeps rendered ahead and replayed with fresh noise; 0 renders each
   *     frame on demand
   * @param paced true: frames come at their rate, and one that finds the pool empty is dropped;
   *     false: as fast as they are taken, waiting for the pool
   * @param startStampNanos stamp of the first frame's mid-exposure, before jitter
   */
  @RecordBuilder
  public record Playback(int prerenderedSweeps, boolean paced, long startStampNanos)
      implements SimulatedCameraConfigPlaybackBuilder.With {
    public Playback {
      inRange("playback.prerenderedSweeps", prerenderedSweeps, 0, 100, "sweeps");
      if (startStampNanos < 0) {
        throw new IllegalArgumentException(
            "playback.startStampNanos is " + startStampNanos + "; expected 0 or more");
      }
    }
  }

  /** Returns a copy with images of another size. */
  public SimulatedCameraConfig withSize(int width, int height) {
    return withFormat(new Format(width, height, format.rateHz()));
  }

  /** Returns a copy with another frame rate. */
  public SimulatedCameraConfig withRate(double rateHz) {
    return withFormat(format.withRateHz(rateHz));
  }

  /** Returns a copy with another number of planes over the same range of focus. */
  public SimulatedCameraConfig withPlanes(int planes) {
    return withSweep(sweep.withPlanes(planes));
  }

  /** Returns the period of the sweep in frames. */
  public int sweepFrames() {
    return sweep.pattern().periodFrames(sweep.planes());
  }

  /** Returns whether a sweep looks like the one before, apart from noise and brightness. */
  boolean repeatsEverySweep() {
    return scene.motionMetresPerSecond() == 0 && !motion.isMoving() && !temperature.isChanging();
  }

  static void inRange(String field, double value, double min, double max, String unit) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          field
              + " is "
              + NumberFormats.plain(value)
              + "; expected "
              + NumberFormats.plain(min)
              + " to "
              + NumberFormats.plain(max)
              + (unit.isEmpty() ? "" : " " + unit));
    }
  }
}
