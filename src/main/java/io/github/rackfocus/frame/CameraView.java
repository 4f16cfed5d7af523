package io.github.rackfocus.frame;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the camera behind images of one size.
 *
 * @param frameId coordinate frame of the camera: z forward, x right, y down
 * @param intrinsics of the rectified image; null if the camera is not calibrated
 * @param calibrationSha256 SHA-256 of the calibration, lower-case hexadecimal; empty without one
 */
public record CameraView(
    String frameId, @Nullable PinholeIntrinsics intrinsics, String calibrationSha256) {

  /** A pinhole camera without distortion, for images of the given size; all in pixels. */
  public record PinholeIntrinsics(
      int width, int height, double fx, double fy, double cx, double cy) {}

  /** Returns the view of a camera that is not calibrated. */
  public static CameraView uncalibrated(String frameId) {
    return new CameraView(frameId, null, "");
  }
}
