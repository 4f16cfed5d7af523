package io.github.rackfocus.config;

/**
 * Configures what is published to ROS. The options are at the top of the configuration, so that as
 * private parameters they have the names that ROS users know.
 *
 * @param frameId the camera's optical frame for sources whose images name none; empty: the camera's
 *     name and {@code _optical_frame}
 * @param stampOffsetNanos added to the stamps of published messages
 * @param presets folder of the presets that {@code ~load_preset} loads; empty: none
 * @param points the point cloud, which has a section of its own
 */
public record RosConfig(
    String frameId, long stampOffsetNanos, String presets, PointsConfig points) {
  /** Reads the options at the top. */
  static RosConfig read(ConfigSection root) {
    String frameId =
        root.text(
            "frameId",
            "",
            "",
            "Optical frame of the camera for sources that name none; empty: CAMERA_optical_frame");
    double offset =
        root.number("stampOffset", 0, -10, 10, "s", "Offset added to the stamps of ROS messages");
    String presets =
        root.text("presets", "", "", "Folder of presets, NAME.yaml, for the service ~load_preset");
    return new RosConfig(frameId, Math.round(1e9 * offset), presets, PointsConfig.DEFAULTS);
  }

  RosConfig withPoints(PointsConfig cloud) {
    return new RosConfig(frameId, stampOffsetNanos, presets, cloud);
  }
}
