package io.github.rackfocus.camera.simulated;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Named disturbances of a simulated camera, each of stated strength. Strengths in pixels hold for
 * images 640 pixels wide and scale with the width, so that a scenario looks the same at any size.
 *
 * <p>Scenarios that show only while the lens moves sweep up and down without rest ({@link
 * SweepPattern#TRIANGLE}); those in which something moves or drifts render several sweeps ahead.
 */
public enum Scenario {
  /** The camera as it is by default. */
  STILL("Nothing is added: a still camera whose lens breathes by 0.4 % over the default sweep."),

  /** Magnification and centre change with focus. */
  BREATHING(
      "The image grows by 0.6 % per dioptre of focus (5 % over the default sweep), and its centre"
          + " drifts by 0.6 pixels per dioptre.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      SimulatedCameraConfig.Optics optics = config.optics();
      return config.withOptics(
          new SimulatedCameraConfig.Optics(
              optics.blurPixelsOverSweep(), 0.006, 0.5 * pixels, -0.33 * pixels));
    }
  },

  /** A camera in a hand. */
  HAND_SHAKE(
      "A hand shakes the camera at 0.5 to 7.2 Hz: 1.5 pixels RMS from frame to frame by rotation,"
          + " 0.5 mm RMS in space.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return sweepsAhead(config, SWEEPS)
          .withMotion(
              config.motion().withShakePixelsPerFrame(1.5 * pixels).withShakeMillimetres(0.5));
    }
  },

  /** A camera on a robot. */
  ROBOT_MOTION(
      "A robot pans the camera in a circle at 20 pixels a sweep and moves it at 1 mm/s; the image"
          + " grows by 0.48 % per dioptre (4 % over the default sweep).") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return sweepsAhead(pan(config, pixels), SWEEPS)
          .withMotion(
              config
                  .motion()
                  .withPanPixelsPerSweep(20 * pixels)
                  .withTravelMetresPerSecond(0.001)
                  .withCircleSweeps(SWEEPS));
    }
  },

  /** A lens that comes to rest elsewhere going up than going down. */
  HYSTERESIS(
      "The focus going up is 0.3 dioptres lower than going down, and the driver reports only the"
          + " command; the lens sweeps up and down.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return triangle(config)
          .withLens(config.lens().withHysteresisDioptres(0.3))
          .withReadings(config.readings().withSource(LensReadingsConfig.Source.COMMAND));
    }
  },

  /** A lens whose focus depends on its temperature. */
  TEMPERATURE_DRIFT(
      "The lens warms up by 10 °C and cools down again, and its true focus drifts by -0.06 dioptres"
          + " per °C, which its readings don't include; within 8 sweeps if frames are rendered"
          + " ahead, else within 10 minutes.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return sweepsAhead(config, SWEEPS).withTemperature(new TemperatureConfig(25, 10, 600, -0.06));
    }
  },

  /** Lamps on mains of 50 Hz. */
  FLICKER(
      "The lamps flicker by 80 % at 100 Hz, which is 19 % of the mean light at the default exposure"
          + " of 8 ms.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return config.withLight(config.light().withFlickerHz(100).withFlickerDepth(0.8));
    }
  },

  /** A camera that adapts its gain. */
  AUTO_EXPOSURE("The gain changes by a factor of 1.25 every second, up and down.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return config.withLight(config.light().withExposureStep(1.25).withExposureStepSeconds(1));
    }
  },

  /** Rows exposed one after the other. */
  ROLLING_SHUTTER(
      "Rows are exposed one after the other within 20 ms, while the lens sweeps up and down without"
          + " rest, a pan moves the image by 20 pixels a sweep and the image grows by 0.48 % per"
          + " dioptre.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return sweepsAhead(triangle(pan(config, pixels)), TRIANGLE_SWEEPS)
          .withShutter(new SimulatedCameraConfig.Shutter(readout(config)));
    }
  },

  /** Reflections of the lamp. */
  HIGHLIGHTS(
      "Round solids mirror the lamp at 8 times saturation, and 10 % of the light above saturation"
          + " spills into a halo of 6 pixels.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return config.withLight(
          config
              .light()
              .withHighlights(8)
              .withBloom(0.1)
              .withBloomPixels(Math.max(0.5, 6 * pixels)));
    }
  },

  /** Lens and camera on different clocks. */
  CLOCK_OFFSET(
      "The clock of the lens readings is 10 ms ahead of that of the frames, while the lens sweeps"
          + " up and down without rest.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      return triangle(config).withReadings(config.readings().withClockOffsetSeconds(0.01));
    }
  },

  /** All of them. */
  EVERYTHING("All of the above at once, at their strengths.") {
    @Override
    SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
      SimulatedCameraConfig all = config;
      for (Scenario each : values()) {
        all = each == EVERYTHING ? all : each.disturb(all, pixels);
      }
      // The others overwrite these two, each for itself alone.
      return sweepsAhead(all, TRIANGLE_SWEEPS)
          .withOptics(BREATHING.disturb(config, pixels).optics());
    }
  };

  private static final int WIDTH = 640;
  private static final int SWEEPS = 8;
  private static final int TRIANGLE_SWEEPS = 5;

  private final String description;

  Scenario(String description) {
    this.description = description;
  }

  /** Returns the name as users write it, such as {@code hand-shake}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns a sentence that says what happens, and how strongly. */
  public String description() {
    return description;
  }

  /** Returns a configuration with the disturbances of this scenario added. */
  public SimulatedCameraConfig applyTo(SimulatedCameraConfig config) {
    return disturb(config, (double) config.format().width() / WIDTH);
  }

  /**
   * Returns the scenario of a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists all names
   */
  public static Scenario parse(String label) {
    for (Scenario each : values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "scenario is '"
            + label
            + "'; expected "
            + Arrays.stream(values()).map(Scenario::label).collect(Collectors.joining(", ")));
  }

  /** Adds the disturbances; a strength of one pixel is {@code pixels}. */
  SimulatedCameraConfig disturb(SimulatedCameraConfig config, double pixels) {
    return config;
  }

  private static SimulatedCameraConfig sweepsAhead(SimulatedCameraConfig config, int sweeps) {
    return config.withPlayback(config.playback().withPrerenderedSweeps(sweeps));
  }

  private static SimulatedCameraConfig triangle(SimulatedCameraConfig config) {
    return config.withSweep(config.sweep().withPattern(SweepPattern.TRIANGLE));
  }

  private static SimulatedCameraConfig pan(SimulatedCameraConfig config, double pixels) {
    return config
        .withMotion(
            config.motion().withPanPixelsPerSweep(20 * pixels).withCircleSweeps(TRIANGLE_SWEEPS))
        .withOptics(config.optics().withBreathingPerDioptre(0.0048));
  }

  /** Returns 20 ms, or most of a frame where that is shorter. */
  private static double readout(SimulatedCameraConfig config) {
    return Math.min(0.02, 0.9 / config.format().rateHz());
  }
}
