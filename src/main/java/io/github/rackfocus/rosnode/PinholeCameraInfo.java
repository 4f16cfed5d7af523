package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;

/**
 * The camera of a simulated source: an ideal pinhole camera with its principal point in the centre
 * of the image. Immutable.
 *
 * @param frameId the optical frame
 * @param focalWidths focal length as a multiple of the image's width
 */
record PinholeCameraInfo(String frameId, double focalWidths) implements CameraInfoSource {
  private static final String MODEL = "plumb_bob";
  private static final int COEFFICIENTS = 5;

  @Override
  public boolean describe(CameraInfo info, int width, int height) {
    double focal = focalWidths * width;
    // In ROS, pixel coordinate 0 is the centre of the first pixel.
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    info.width = width;
    info.height = height;
    info.distortionModel = MODEL;
    if (info.d.length != COEFFICIENTS) {
      info.d = new double[COEFFICIENTS];
    }
    info.k[0] = focal;
    info.k[2] = middleX;
    info.k[4] = focal;
    info.k[5] = middleY;
    info.k[8] = 1;
    info.r[0] = 1;
    info.r[4] = 1;
    info.r[8] = 1;
    info.p[0] = focal;
    info.p[2] = middleX;
    info.p[5] = focal;
    info.p[6] = middleY;
    info.p[10] = 1;
    return true;
  }

  @Override
  public String calibrationSha256() {
    return "";
  }
}
