package io.github.rackfocus.config;

import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.document.Section;
import io.github.rackfocus.lens.LensDeviceConfig;

/**
 * Configures where frames come from.
 *
 * @param kind which of the sources below
 * @param folder path of the stack folder
 * @param playback how the stack folder is played
 * @param simulated the simulated camera
 * @param ros how ROS messages are received, from topics or a bag
 * @param lens the lens that Rackfocus itself drives, for topics
 */
public record SourceConfig(
    Kind kind,
    String folder,
    StackFolderConfig playback,
    SimulatedCameraConfig simulated,
    RosInputConfig ros,
    LensDeviceConfig lens) {
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
        SimulatedCameraSection.read(
            source.section("simulated", "A simulated camera in front of a simulated scene."));
    int bits =
        source
            .section("ros", "ROS topics or a bag.")
            .integer("bitDepth", images.bitDepth(), 8, 16, "bits", "Bit depth of 16-bit images");
    RosInputConfig ros = new RosInputConfig(images.withBitDepth(bits), lens, sweep);
    LensDeviceConfig device =
        LensDeviceSection.read(
            source.section("lens", "A lens driven by this node, or by lens_node, for kind: ros."));
    if (device.kind() != LensDeviceConfig.Kind.NONE && kind == Kind.ROS) {
      checkInput(source, lens);
    }
    return new SourceConfig(kind, path, playback, simulated, ros, device);
  }

  private static void checkInput(ConfigSection source, RosInputConfig.Lens lens) {
    if (lens.input() != RosInputConfig.LensInput.STATE) {
      source.fault(
          "lens.driver",
          "a device with lens.input: " + Section.name(lens.input()),
          "lens.input: state, since the device is read");
    }
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
}
