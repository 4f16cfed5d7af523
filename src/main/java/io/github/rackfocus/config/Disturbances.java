package io.github.rackfocus.config;

import io.github.rackfocus.camera.simulated.CameraMotionConfig;
import io.github.rackfocus.camera.simulated.LensReadingsConfig;
import io.github.rackfocus.camera.simulated.LightConfig;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.TemperatureConfig;

/** Reads the disturbances of the simulated camera; defaults are those of the chosen scenario. */
final class Disturbances {
  private Disturbances() {}

  static SimulatedCameraConfig.Optics optics(
      ConfigSection optics, SimulatedCameraConfig.Optics preset) {
    return new SimulatedCameraConfig.Optics(
        preset.blurPixelsOverSweep(),
        optics.number(
            "breathing",
            preset.breathingPerDioptre(),
            -0.02,
            0.02,
            "per dioptre",
            "Relative growth of the image with focus"),
        optics.number(
            "driftX",
            preset.driftXPixelsPerDioptre(),
            -10,
            10,
            "pixels per dioptre",
            "Shift of the image to the right with focus"),
        optics.number(
            "driftY",
            preset.driftYPixelsPerDioptre(),
            -10,
            10,
            "pixels per dioptre",
            "Shift of the image downwards with focus"));
  }

  static LensReadingsConfig readings(ConfigSection lens, LensReadingsConfig preset) {
    return new LensReadingsConfig(
        lens.choice(
            "readings",
            preset.source(),
            "What the driver reports: the focus itself, or the command, if it has no feedback"),
        lens.number(
            "clockOffset",
            preset.clockOffsetSeconds(),
            -1,
            1,
            "s",
            "By how much the clock of the readings is ahead of that of the frames"));
  }

  static TemperatureConfig temperature(ConfigSection lens, TemperatureConfig preset) {
    return new TemperatureConfig(
        lens.number("temperature", preset.celsius(), -40, 120, "°C", "Temperature at the start"),
        lens.number(
            "temperatureRise",
            preset.riseCelsius(),
            -100,
            100,
            "°C",
            "By how much the temperature rises and falls back; 0: it is not reported"),
        lens.number(
            "temperaturePeriod",
            preset.periodSeconds(),
            0.1,
            1e6,
            "s",
            "Time of a rise and fall, at most that of the frames rendered ahead"),
        lens.number(
            "temperatureDrift",
            preset.dioptresPerCelsius(),
            -1,
            1,
            "dioptres per °C",
            "Change of the true focus, which the readings don't include"));
  }

  static CameraMotionConfig motion(ConfigSection motion, CameraMotionConfig preset) {
    return new CameraMotionConfig(
        motion.number(
            "shake",
            preset.shakePixelsPerFrame(),
            0,
            100,
            "pixels",
            "RMS motion of the image centre from frame to frame by a hand's rotation"),
        motion.number(
            "shakeMillimetres",
            preset.shakeMillimetres(),
            0,
            100,
            "mm",
            "RMS displacement of the camera by a hand"),
        motion.number(
            "pan",
            preset.panPixelsPerSweep(),
            0,
            1000,
            "pixels",
            "Motion of the image centre per sweep by a robot's pan in a circle"),
        motion.number(
            "travel",
            preset.travelMetresPerSecond(),
            0,
            10,
            "m/s",
            "Speed of the camera sideways in a circle"),
        motion.number(
            "circleSweeps", preset.circleSweeps(), 1, 1000, "sweeps", "Time of a circle"));
  }

  static LightConfig light(ConfigSection light, LightConfig preset) {
    return new LightConfig(
        light.number(
            "flicker",
            preset.flickerHz(),
            0.01,
            100_000,
            "Hz",
            "Frequency of the lamps' flicker, 100 or 120 on mains"),
        light.number(
            "flickerDepth",
            preset.flickerDepth(),
            0,
            1,
            "",
            "Amplitude of the flicker relative to the mean, before the exposure averages it"),
        light.number(
            "exposureStep",
            preset.exposureStep(),
            1,
            1.6,
            "",
            "Factor of each step of the gain, up and down; 1: constant gain"),
        light.number(
            "exposureStepSeconds",
            preset.exposureStepSeconds(),
            0.001,
            3600,
            "s",
            "Time between steps of the gain"),
        light.number(
            "highlights",
            preset.highlights(),
            0,
            1000,
            "",
            "Light of the lamp's reflections as a multiple of saturation; 0: none"),
        light.number(
            "bloom",
            preset.bloom(),
            0,
            1,
            "",
            "Share of the light above saturation that spills into a halo"),
        light.number(
            "bloomPixels", preset.bloomPixels(), 0.5, 100, "pixels", "One sigma of the halo"));
  }
}
