package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;

/** A camera without calibration, so that no camera_info is published. */
record UnknownCameraInfo(String frameId) implements CameraInfoSource {
  @Override
  public boolean describe(CameraInfo info, int width, int height) {
    return false;
  }

  @Override
  public String calibrationSha256() {
    return "";
  }
}
