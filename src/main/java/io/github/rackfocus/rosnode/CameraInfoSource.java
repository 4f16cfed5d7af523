package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;

/**
 * Describes the camera behind the depth maps: its optical frame and the calibration of the
 * (rectified) image. Thread-safe.
 */
public interface CameraInfoSource {
  /** Returns the optical frame: that of the driver's images, else the configured one. */
  String frameId();

  /**
   * Fills a message, except its header, for rectified images of a size. Does not allocate if the
   * message already describes the same camera.
   *
   * @return false if there is no calibration for that size; the message must not be used then
   */
  boolean describe(CameraInfo info, int width, int height);

  /** Returns the SHA-256 of the calibration's numbers in lower-case hexadecimal; empty if none. */
  String calibrationSha256();
}
