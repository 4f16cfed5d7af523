package io.github.rackfocus.config;

/**
 * How the node shows itself to ROS. Its options stand at the top of the configuration, for as
 * private parameters they have the names that ROS users know.
 *
 * @param frameId the camera's optical frame, for sources whose images name none; empty: the
 *     camera's name and {@code _optical_frame}
 * @param stampOffsetNanos added to the stamps of what is published
 */
public record RosConfig(String frameId, long stampOffsetNanos) {
  static RosConfig read(ConfigSection root) {
    return new RosConfig(
        root.text(
            "frameId",
            "",
            "a frame of tf",
            "the camera's optical frame where the source names none; empty: CAMERA_optical_frame"),
        Math.round(
            1e9
                * root.number(
                    "stampOffset", 0, -10, 10, "s", "added to the stamps of ROS topics")));
  }
}
