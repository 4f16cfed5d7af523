package io.github.rackfocus.node;

/**
 * How the node shows itself to ROS. Its options stand at the top of the configuration, for as
 * private parameters they have the names that ROS users know.
 *
 * @param frameId the camera's optical frame, for sources whose images name none; empty: the
 *     camera's name and {@code _optical_frame}
 */
public record RosSettings(String frameId) {
  static RosSettings read(Settings root) {
    return new RosSettings(
        root.text(
            "frameId",
            "",
            "a frame of tf",
            "the camera's optical frame where the source names none; empty: CAMERA_optical_frame"));
  }
}
