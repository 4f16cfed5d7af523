package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;

/**
 * What is known of the camera behind the depth maps: its optical frame, and how pixels of the
 * (rectified) image are rays. Asked by the thread of the ROS sink and by that of the diagnostics.
 */
public interface CameraInfoSource {
  /** The optical frame: that of the driver's images, or as configured where there are none. */
  String frameId();

  /**
   * Describes the rectified camera for images of a size: all fields but the header, without
   * allocating where the message described the same camera before.
   *
   * @return false where nothing is known of a camera of that size; the message is not to be used
   */
  boolean describe(CameraInfo info, int width, int height);

  /** SHA-256 of the calibration's numbers, lower-case hexadecimal; empty without a calibration. */
  String calibrationSha256();
}
