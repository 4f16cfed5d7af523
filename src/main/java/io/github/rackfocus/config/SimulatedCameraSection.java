package io.github.rackfocus.config;

import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfigBuilder;
import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.common.ErrorMessages;
import java.util.List;
import java.util.function.Function;

/** Reads the section of the simulated camera; every key overrides the chosen scenario. */
final class SimulatedCameraSection {
  /** What scenarios disturb. */
  private static final List<Function<SimulatedCameraConfig, Object>> DISTURBED =
      List.of(
          SimulatedCameraConfig::optics,
          SimulatedCameraConfig::lens,
          SimulatedCameraConfig::readings,
          SimulatedCameraConfig::temperature,
          SimulatedCameraConfig::motion,
          SimulatedCameraConfig::light,
          SimulatedCameraConfig::shutter);

  private SimulatedCameraSection() {}

  static SimulatedCameraConfig read(ConfigSection camera) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    Scenario scenario =
        camera.choice(
            "scenario",
            Scenario.STILL,
            "Disturbances, see docs/simulator.md; a key below that is given overrides its part");
    SimulatedCameraConfig.Format format =
        new SimulatedCameraConfig.Format(
            camera.integer(
                "width", defaults.format().width(), 32, 4096, "pixels", "Width of the images"),
            camera.integer(
                "height", defaults.format().height(), 32, 4096, "pixels", "Height of the images"),
            camera.number("rate", defaults.format().rateHz(), 0.1, 1000, "Hz", "Frame rate"));
    SimulatedCameraConfig preset = preset(scenario, format);
    SimulatedCameraConfigBuilder builder =
        SimulatedCameraConfigBuilder.builder(preset)
            .scene(scene(camera))
            .playback(playback(camera, preset.playback()))
            .sweep(sweep(camera, preset.sweep()))
            .sensor(sensor(camera, preset.sensor()))
            .optics(
                Disturbances.optics(
                    camera.section("optics", "What changes in the image with focus."),
                    preset.optics()));
    ConfigSection lens = camera.section("lens", "The lens and its driver.");
    builder
        .lens(
            preset
                .lens()
                .withHysteresisDioptres(
                    lens.number(
                        "hysteresis",
                        preset.lens().hysteresisDioptres(),
                        0,
                        10,
                        "dioptres",
                        "By how much the focus is lower going up than going down")))
        .readings(Disturbances.readings(lens, preset.readings()))
        .temperature(Disturbances.temperature(lens, preset.temperature()))
        .motion(
            Disturbances.motion(
                camera.section("cameraMotion", "How the camera moves."), preset.motion()))
        .light(
            Disturbances.light(
                camera.section("light", "How bright the images are."), preset.light()))
        .shutter(
            new SimulatedCameraConfig.Shutter(
                camera
                    .section("shutter", "When rows are exposed.")
                    .number(
                        "readout",
                        preset.shutter().readoutSeconds(),
                        0,
                        10,
                        "s",
                        "Time from the first row to the last, at most one frame; 0: all at once")));
    SimulatedCameraConfig config = build(camera, builder);
    if (scenario != Scenario.STILL && !isFelt(preset, config)) {
      // As in a copy of config/node.yaml, which gives all keys.
      camera.fault(
          "scenario",
          scenario.label() + ", all of whose strengths are overridden by other keys",
          "still, or without these keys");
    }
    return config;
  }

  /** Returns whether anything that a scenario changed is still different from the default. */
  private static boolean isFelt(SimulatedCameraConfig preset, SimulatedCameraConfig config) {
    SimulatedCameraConfig still = SimulatedCameraConfig.DEFAULTS;
    return DISTURBED.stream()
        .anyMatch(group ->
            !group.apply(preset).equals(group.apply(still))
                && !group.apply(config).equals(group.apply(still)));
  }

  private static SimulatedCameraConfig build(
      ConfigSection camera, SimulatedCameraConfigBuilder builder) {
    SimulatedCameraConfig config;
    try {
      config = builder.build();
    } catch (IllegalArgumentException e) {
      boolean exposure = builder.sensor().exposureSeconds() > 1 / builder.format().rateHz();
      camera.reject(exposure ? "exposure" : "shutter.readout", ErrorMessages.of(e));
      return SimulatedCameraConfig.DEFAULTS;
    }
    try {
      SimulatedCamera.checkMotion(config);
    } catch (IllegalArgumentException e) {
      camera.reject("cameraMotion", ErrorMessages.of(e));
      return SimulatedCameraConfig.DEFAULTS;
    }
    return config;
  }

  private static SimulatedCameraConfig preset(
      Scenario scenario, SimulatedCameraConfig.Format format) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    // A scenario is applied to a valid configuration; the exposure of this one is read later.
    double exposure = Math.min(defaults.sensor().exposureSeconds(), 1 / format.rateHz());
    return scenario.applyTo(
        defaults.withSensor(defaults.sensor().withExposureSeconds(exposure)).withFormat(format));
  }

  private static SimulatedCameraConfig.Scene scene(ConfigSection camera) {
    return new SimulatedCameraConfig.Scene(
        camera.integer("seed", 1, 0, Integer.MAX_VALUE, "", "Seed of the scene and all noise"),
        camera.number("motion", 0, 0, 10, "m/s", "Top speed of the moving parts; 0: still"));
  }

  private static SimulatedCameraConfig.Playback playback(
      ConfigSection camera, SimulatedCameraConfig.Playback preset) {
    return preset.withPrerenderedSweeps(
        camera.integer(
            "prerenderedSweeps",
            preset.prerenderedSweeps(),
            0,
            100,
            "sweeps",
            "Sweeps rendered before the start and replayed with fresh noise; 0: frames are"
                + " rendered on demand"));
  }

  private static SimulatedCameraConfig.Sweep sweep(
      ConfigSection camera, SimulatedCameraConfig.Sweep preset) {
    int planes =
        camera.integer("planes", preset.planes(), 3, 64, "", "Number of focus planes of a sweep");
    double farthest =
        camera.number(
            "farthest",
            preset.farthestDioptres(),
            0.01,
            100,
            "dioptres",
            "Focus of the farthest plane");
    double nearest =
        camera.number(
            "nearest",
            preset.nearestDioptres(),
            0.01,
            100,
            "dioptres",
            "Focus of the nearest plane");
    SweepPattern pattern = camera.choice("pattern", preset.pattern(), "Pattern of the sweep");
    if (nearest <= 1.01 * farthest) {
      camera.fault("nearest", nearest + " dioptres", "more than farthest, " + farthest);
      return preset;
    }
    return new SimulatedCameraConfig.Sweep(planes, farthest, nearest, pattern);
  }

  private static SimulatedCameraConfig.Sensor sensor(
      ConfigSection camera, SimulatedCameraConfig.Sensor preset) {
    return new SimulatedCameraConfig.Sensor(
        camera.number(
            "exposure",
            SimulatedCameraConfig.DEFAULTS.sensor().exposureSeconds(),
            1e-6,
            10,
            "s",
            "Exposure time, at most one frame"),
        preset.gain(),
        preset.fullWellElectrons(),
        camera.number(
            "readNoise",
            preset.readNoiseElectrons(),
            0,
            1e6,
            "electrons",
            "Standard deviation of the read noise"),
        camera.number("dropProbability", 0, 0, 0.99, "", "Probability that a frame is lost"),
        camera.number("stampJitter", 0, 0, 10, "s", "Standard deviation of the stamps"),
        camera.number(
            "readingNoise", 0, 0, 10, "dioptres", "Standard deviation of the focus readings"));
  }
}
