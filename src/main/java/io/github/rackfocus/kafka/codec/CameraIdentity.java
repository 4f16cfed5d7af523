package io.github.rackfocus.kafka.codec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity and geometry of a camera, which every record of the camera contains.
 *
 * @param robot name of the robot, unique in the fleet
 * @param camera name of the camera on that robot
 * @param frameId coordinate frame of the camera: z forward, x right, y down
 * @param intrinsics of the rectified image; null if the camera is not calibrated
 * @param pose fixed pose of the camera; null if unknown
 * @param calibrationSha256 lower-case hex; empty without calibration
 */
public record CameraIdentity(
    String robot,
    String camera,
    String frameId,
    @Nullable PinholeIntrinsics intrinsics,
    @Nullable FixedPose pose,
    String calibrationSha256) {

  /** A pinhole camera without distortion, for images of the given size; all in pixels. */
  public record PinholeIntrinsics(
      int width, int height, double fx, double fy, double cx, double cy) {}

  /**
   * The camera's pose in another coordinate frame: {@code p_parent = R(q) p_camera + t}; metres and
   * a unit quaternion.
   */
  public record FixedPose(
      String parentFrameId,
      double xMetres,
      double yMetres,
      double zMetres,
      double qx,
      double qy,
      double qz,
      double qw) {}

  /** Names form the record key and the source URI, in which a slash separates them. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]{0,127}");

  public CameraIdentity {
    checkName("robot", robot);
    checkName("camera", camera);
  }

  /** An uncalibrated camera whose frame is {@code CAMERA_optical_frame}. */
  public static CameraIdentity of(String robot, String camera) {
    return new CameraIdentity(robot, camera, camera + "_optical_frame", null, null, "");
  }

  /** A copy with another frame, intrinsics and calibration. */
  public CameraIdentity seenAs(
      String otherFrameId, @Nullable PinholeIntrinsics pinhole, String calibration) {
    return new CameraIdentity(robot, camera, otherFrameId, pinhole, pose, calibration);
  }

  /** A copy with another pose. */
  public CameraIdentity at(@Nullable FixedPose other) {
    return new CameraIdentity(robot, camera, frameId, intrinsics, other, calibrationSha256);
  }

  /** The key of the camera's records: {@code robot/camera}. */
  public String key() {
    return robot + "/" + camera;
  }

  /** The CloudEvents source of the camera's records: {@code /robot/camera}. */
  public String source() {
    return "/" + key();
  }

  private static void checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what
              + " name is '"
              + name
              + "'; expected 1 to 128 letters, digits and . _ ~ -, starting"
              + " with a letter or a digit");
    }
  }
}
