package io.github.rackfocus.kafka.codec;

import io.github.rackfocus.frame.CameraView;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity and geometry of a camera, which every record of the camera contains.
 *
 * @param robot name of the robot, unique in the fleet
 * @param camera name of the camera on that robot
 * @param view coordinate frame and calibration of the camera
 * @param pose fixed pose of the camera; null if unknown
 */
public record CameraIdentity(
    String robot, String camera, CameraView view, @Nullable FixedPose pose) {

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
    return new CameraIdentity(
        robot, camera, CameraView.uncalibrated(camera + "_optical_frame"), null);
  }

  /** A copy with another coordinate frame and calibration. */
  public CameraIdentity withView(CameraView other) {
    return new CameraIdentity(robot, camera, other, pose);
  }

  /** A copy with another pose. */
  public CameraIdentity at(@Nullable FixedPose other) {
    return new CameraIdentity(robot, camera, view, other);
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
