package io.github.rackfocus.config;

import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.common.ErrorMessages;

/**
 * Where frames come from.
 *
 * @param kind which of the sources below
 * @param folder the stack folder
 * @param folderOptions how it is played
 * @param simulated the simulated camera
 * @param ros how ROS messages are read, from topics or a bag
 */
public record SourceConfig(
    Kind kind,
    String folder,
    StackFolderConfig folderOptions,
    SimulatedCameraConfig simulated,
    RosInputConfig ros) {
  /** The kinds of sources. */
  public enum Kind {
    /** {@link io.github.rackfocus.camera.simulated.SimulatedCamera}. */
    SIMULATED,
    /** {@link io.github.rackfocus.camera.StackFolder}. */
    FOLDER,
    /** Topics of ROS; only a ROS node has it. */
    ROS
  }

  /**
   * Reads the section.
   *
   * @param ros what is told of ROS messages elsewhere
   */
  static SourceConfig read(ConfigSection settings, RosInputConfig ros) {
    Kind kind = settings.choice("kind", Kind.SIMULATED, "where frames come from");
    ConfigSection folder = settings.section("folder", "a folder of images with a stack.json");
    String path = folder.text("path", "", "a folder", "needed for kind: folder");
    if (kind == Kind.FOLDER && path.isEmpty()) {
      folder.fault("path", "empty", "the folder of kind: folder");
    }
    return new SourceConfig(
        kind,
        path,
        folderOptions(folder),
        simulated(settings.section("simulated", "a camera and a scene that are computed")),
        ros);
  }

  private static StackFolderConfig folderOptions(ConfigSection folder) {
    StackFolderConfig defaults = StackFolderConfig.DEFAULTS;
    return defaults
        .withLoop(folder.flag("loop", true, "again and again, else once"))
        .withBackAndForth(
            folder.flag("backAndForth", false, "far to near and back, else far to near again"))
        .withRate(
            folder.number("rate", defaults.rateHz(), 0.001, 10_000, "Hz", "frames a second"),
            folder.flag("paced", true, "frames come at their rate, else as fast as possible"))
        .withBitDepth(folder.integer("bitDepth", 16, 8, 16, "bits", "of 16-bit files"));
  }

  private static SimulatedCameraConfig simulated(ConfigSection camera) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    int width = camera.integer("width", defaults.width(), 32, 4096, "pixels", "of an image");
    int height = camera.integer("height", defaults.height(), 32, 4096, "pixels", "of an image");
    double rate = camera.number("rate", defaults.rateHz(), 0.1, 1000, "Hz", "frames a second");
    int seed = camera.integer("seed", 1, 0, Integer.MAX_VALUE, "", "of the scene and all noise");
    double motion =
        camera.number("motion", 0, 0, 10, "m/s", "top speed of the parts that move; 0: still");
    int ahead =
        camera.integer(
            "prerenderedSweeps",
            1,
            0,
            100,
            "sweeps",
            "rendered before the start and replayed with fresh noise; 0: each frame when due");
    SimulatedCameraConfig.Sweep sweep = sweep(camera, defaults.sweep());
    SimulatedCameraConfig.Sensor sensor = sensor(camera, defaults.sensor());
    try {
      return defaults
          .withSize(width, height)
          .withRate(rate)
          .withSeed(seed)
          .withMotion(motion)
          .withPrerenderedSweeps(ahead)
          .withSweep(sweep)
          .withSensor(sensor);
    } catch (IllegalArgumentException e) {
      camera.reject("exposure", ErrorMessages.of(e));
      return defaults;
    }
  }

  private static SimulatedCameraConfig.Sweep sweep(
      ConfigSection camera, SimulatedCameraConfig.Sweep defaults) {
    int planes = camera.integer("planes", defaults.planes(), 3, 64, "", "focus planes of a sweep");
    double farthest =
        camera.number(
            "farthest",
            defaults.farthestDioptres(),
            0.01,
            100,
            "dioptres",
            "focus of the farthest plane");
    double nearest =
        camera.number(
            "nearest",
            defaults.nearestDioptres(),
            0.01,
            100,
            "dioptres",
            "focus of the nearest plane");
    SweepPattern pattern = camera.choice("pattern", defaults.pattern(), "how the lens sweeps");
    if (nearest <= 1.01 * farthest) {
      camera.fault("nearest", nearest + " dioptres", "more than farthest, " + farthest);
      return defaults;
    }
    return new SimulatedCameraConfig.Sweep(planes, farthest, nearest, pattern);
  }

  private static SimulatedCameraConfig.Sensor sensor(
      ConfigSection camera, SimulatedCameraConfig.Sensor defaults) {
    return new SimulatedCameraConfig.Sensor(
        camera.number("exposure", defaults.exposureSeconds(), 1e-6, 10, "s", "at most one frame"),
        defaults.gain(),
        defaults.fullWellElectrons(),
        camera.number("readNoise", defaults.readNoiseElectrons(), 0, 1e6, "electrons", "one sigma"),
        camera.number("dropProbability", 0, 0, 0.99, "", "of a frame never to arrive"),
        camera.number("stampJitter", 0, 0, 10, "s", "one sigma"),
        camera.number("readingNoise", 0, 0, 10, "dioptres", "one sigma of the focus reading"));
  }
}
