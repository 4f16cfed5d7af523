package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import org.jspecify.annotations.Nullable;

/** Reads which camera this is, and its fixed pose. */
final class IdentityConfig {
  private static final double MAX_METRES = 1e6;
  private static final double NORM_TOLERANCE = 0.001;

  private IdentityConfig() {}

  static String robot(ConfigSection root) {
    return root.text(
        "robot", "", "", "Name of the robot, first part of the Kafka key; empty: the host name");
  }

  static String camera(ConfigSection root) {
    return root.text("camera", "camera", "", "Name of the camera, second part of the Kafka key");
  }

  static CameraIdentity read(ConfigSection root, String robot, String camera) {
    CameraIdentity.FixedPose pose =
        pose(root.section("pose", "Fixed pose of the camera, sent with maps to Kafka."));
    try {
      return CameraIdentity.of(robot.isEmpty() ? KafkaDepthSinkConfig.hostName() : robot, camera)
          .at(pose);
    } catch (IllegalArgumentException e) {
      root.fault("robot", "'" + robot + "' with camera '" + camera + "'", ErrorMessages.of(e));
      return CameraIdentity.of("robot", "camera");
    }
  }

  private static CameraIdentity.@Nullable FixedPose pose(ConfigSection pose) {
    String parent =
        pose.text("parentFrame", "", "", "Coordinate frame of the pose; empty: no pose is sent");
    double x = position(pose, "x");
    double y = position(pose, "y");
    double z = position(pose, "z");
    double qx = rotation(pose, "qx", 0);
    double qy = rotation(pose, "qy", 0);
    double qz = rotation(pose, "qz", 0);
    double qw = rotation(pose, "qw", 1);
    double norm = Math.hypot(Math.hypot(qx, qy), Math.hypot(qz, qw));
    if (Math.abs(norm - 1) > NORM_TOLERANCE) {
      pose.fault("qx, qy, qz, qw", "of length " + norm, "a unit quaternion");
    }
    return parent.isEmpty() ? null : new CameraIdentity.FixedPose(parent, x, y, z, qx, qy, qz, qw);
  }

  private static double position(ConfigSection pose, String axis) {
    String doc = axis + " position of the camera in parentFrame";
    return pose.number(axis, 0, -MAX_METRES, MAX_METRES, "m", doc);
  }

  private static double rotation(ConfigSection pose, String component, double defaultValue) {
    String doc = component.substring(1) + " component of the camera's unit quaternion";
    return pose.number(component, defaultValue, -1, 1, "", doc);
  }
}
