package io.github.rackfocus.config;

import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.common.ErrorMessages;

/**
 * Configures where frames come from.
 *
 * @param kind which of the sources below
 * @param folder path of the stack folder
 * @param playback how the stack folder is played
 * @param simulated the simulated camera
 * @param ros how ROS messages are received, from topics or a bag
 */
public record SourceConfig(
    Kind kind,
    String folder,
    StackFolderConfig playback,
    SimulatedCameraConfig simulated,
    RosInputConfig ros) {
  /** The kinds of sources. */
  public enum Kind {
    /** {@link io.github.rackfocus.camera.simulated.SimulatedCamera}. */
    SIMULATED,
    /** {@link io.github.rackfocus.camera.StackFolder}. */
    FOLDER,
    /** Topics of ROS; only for a ROS node. */
    ROS
  }

  /** Reads the section; the options of ROS input outside it are given. */
  static SourceConfig read(
      ConfigSection source,
      RosInputConfig.Images images,
      RosInputConfig.Lens lens,
      SweepConfig sweep) {
    Kind kind = source.choice("kind", Kind.SIMULATED, "Source of the frames");
    ConfigSection folder = source.section("folder", "A folder of images with a stack.json.");
    String path = folder.text("path", "", "", "Path of the folder, required for kind: folder");
    if (kind == Kind.FOLDER && path.isEmpty()) {
      folder.fault("path", "''", "a folder, for kind: folder");
    }
    StackFolderConfig playback = playback(folder);
    SimulatedCameraConfig simulated =
        simulated(source.section("simulated", "A simulated camera in front of a simulated scene."));
    int bits =
        source
            .section("ros", "ROS topics or a bag.")
            .integer("bitDepth", images.bitDepth(), 8, 16, "bits", "Bit depth of 16-bit images");
    RosInputConfig ros = new RosInputConfig(images.withBitDepth(bits), lens, sweep);
    return new SourceConfig(kind, path, playback, simulated, ros);
  }

  private static StackFolderConfig playback(ConfigSection folder) {
    StackFolderConfig defaults = StackFolderConfig.DEFAULTS;
    return defaults
        .withLoop(folder.flag("loop", true, "Whether the folder is repeated, or else played once"))
        .withBackAndForth(
            folder.flag(
                "backAndForth",
                false,
                "Whether a loop runs far to near and back, or else far to near every time"))
        .withRateHz(folder.number("rate", defaults.rateHz(), 0.001, 10_000, "Hz", "Frame rate"))
        .withPaced(
            folder.flag(
                "paced", true, "Whether frames come at their rate, or else as fast as possible"))
        .withBitDepth(
            folder.integer(
                "bitDepth", defaults.bitDepth(), 8, 16, "bits", "Bit depth of 16-bit files"));
  }

  private static SimulatedCameraConfig simulated(ConfigSection camera) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    SimulatedCameraConfig.Format format =
        new SimulatedCameraConfig.Format(
            camera.integer(
                "width", defaults.format().width(), 32, 4096, "pixels", "Width of the images"),
            camera.integer(
                "height", defaults.format().height(), 32, 4096, "pixels", "Height of the images"),
            camera.number("rate", defaults.format().rateHz(), 0.1, 1000, "Hz", "Frame rate"));
    SimulatedCameraConfig.Scene scene =
        new SimulatedCameraConfig.Scene(
            camera.integer("seed", 1, 0, Integer.MAX_VALUE, "", "Seed of the scene and all noise"),
            camera.number("motion", 0, 0, 10, "m/s", "Top speed of the moving parts; 0: still"));
    SimulatedCameraConfig.Playback playback =
        defaults
            .playback()
            .withPrerenderedSweeps(
                camera.integer(
                    "prerenderedSweeps",
                    1,
                    0,
                    100,
                    "sweeps",
                    "Sweeps rendered before the start and replayed with fresh noise; 0: frames are"
                        + " rendered on demand"));
    SimulatedCameraConfig.Sweep sweep = sweep(camera, defaults.sweep());
    SimulatedCameraConfig.Sensor sensor = sensor(camera, defaults.sensor());
    try {
      return new SimulatedCameraConfig(
          format, scene, sweep, defaults.optics(), defaults.lens(), sensor, playback);
    } catch (IllegalArgumentException e) {
      camera.reject("exposure", ErrorMessages.of(e));
      return defaults;
    }
  }

  private static SimulatedCameraConfig.Sweep sweep(
      ConfigSection camera, SimulatedCameraConfig.Sweep defaults) {
    int planes =
        camera.integer("planes", defaults.planes(), 3, 64, "", "Number of focus planes of a sweep");
    double farthest =
        camera.number(
            "farthest",
            defaults.farthestDioptres(),
            0.01,
            100,
            "dioptres",
            "Focus of the farthest plane");
    double nearest =
        camera.number(
            "nearest",
            defaults.nearestDioptres(),
            0.01,
            100,
            "dioptres",
            "Focus of the nearest plane");
    SweepPattern pattern = camera.choice("pattern", defaults.pattern(), "Pattern of the sweep");
    if (nearest <= 1.01 * farthest) {
      camera.fault("nearest", nearest + " dioptres", "more than farthest, " + farthest);
      return defaults;
    }
    return new SimulatedCameraConfig.Sweep(planes, farthest, nearest, pattern);
  }

  private static SimulatedCameraConfig.Sensor sensor(
      ConfigSection camera, SimulatedCameraConfig.Sensor defaults) {
    return new SimulatedCameraConfig.Sensor(
        camera.number(
            "exposure",
            defaults.exposureSeconds(),
            1e-6,
            10,
            "s",
            "Exposure time, at most one frame"),
        defaults.gain(),
        defaults.fullWellElectrons(),
        camera.number(
            "readNoise",
            defaults.readNoiseElectrons(),
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
