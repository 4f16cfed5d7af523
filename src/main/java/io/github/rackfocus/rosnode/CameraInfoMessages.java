package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensCalibration;
import java.util.Arrays;

/** Converts sensor_msgs/CameraInfo to a calibration and back, by REP 104. */
final class CameraInfoMessages {
  private static final int PLUMB_BOB_COEFFICIENTS = 5;
  private static final double[] IDENTITY = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  private static final long MAX_SIDE = 1 << 16;
  private static final long MAX_BINNING = 64;

  private CameraInfoMessages() {}

  /**
   * Returns the calibration in a message for the images published with it, taking region of
   * interest and binning into account.
   *
   * @throws IllegalArgumentException if the message has no valid calibration
   */
  static CameraCalibration calibration(CameraInfo info) {
    if (Arrays.equals(info.k, new double[9])) {
      // Legal, and what drivers send before a camera is calibrated.
      throw new IllegalArgumentException(
          "K is all zeros: the camera is not calibrated, so its images are not rectified and its"
              + " maps have no camera_info");
    }
    if (info.width < 1 || info.width > MAX_SIDE || info.height < 1 || info.height > MAX_SIDE) {
      throw new IllegalArgumentException(
          "image size is "
              + info.width
              + " x "
              + info.height
              + "; expected 1 to "
              + MAX_SIDE
              + " pixels");
    }
    CameraCalibration whole =
        new CameraCalibration(
                "",
                (int) info.width,
                (int) info.height,
                CameraCalibration.DistortionModel.of(info.distortionModel),
                info.d,
                info.k,
                info.r,
                info.p,
                LensCalibration.DEFAULTS)
            .checkedAgainstSize();
    return isWindowed(info) ? windowed(whole, info) : whole;
  }

  private static boolean isWindowed(CameraInfo info) {
    return info.binningX > 1
        || info.binningY > 1
        || info.roi.xOffset > 0
        || info.roi.yOffset > 0
        || info.roi.width > 0 && info.roi.width != info.width
        || info.roi.height > 0 && info.roi.height != info.height;
  }

  private static CameraCalibration windowed(CameraCalibration whole, CameraInfo info) {
    long width = info.roi.width == 0 ? info.width : info.roi.width;
    long height = info.roi.height == 0 ? info.height : info.roi.height;
    long binningX = Math.max(1, info.binningX);
    long binningY = Math.max(1, info.binningY);
    if (info.roi.xOffset + width > info.width || info.roi.yOffset + height > info.height) {
      throw new IllegalArgumentException(
          "roi is "
              + width
              + " x "
              + height
              + " at "
              + info.roi.xOffset
              + ", "
              + info.roi.yOffset
              + "; expected one within "
              + info.width
              + " x "
              + info.height);
    }
    if (binningX > Math.min(MAX_BINNING, width) || binningY > Math.min(MAX_BINNING, height)) {
      throw new IllegalArgumentException(
          "binning is " + binningX + " x " + binningY + "; expected at most " + MAX_BINNING);
    }
    return whole.windowed(
        (int) info.roi.xOffset,
        (int) info.roi.yOffset,
        (int) width,
        (int) height,
        (int) binningX,
        (int) binningY);
  }

  /**
   * Fills a message, except its header, for the images that this node publishes.
   *
   * @param rectified whether they are rectified: then D is 0, R is the identity and K is taken from
   *     P
   */
  static void describe(CameraCalibration calibration, boolean rectified, CameraInfo info) {
    info.width = calibration.width();
    info.height = calibration.height();
    info.binningX = 0;
    info.binningY = 0;
    if (rectified) {
      info.distortionModel = CameraCalibration.DistortionModel.PLUMB_BOB.key();
      if (info.d.length != PLUMB_BOB_COEFFICIENTS) {
        info.d = new double[PLUMB_BOB_COEFFICIENTS];
      }
      Arrays.fill(info.d, 0);
      System.arraycopy(IDENTITY, 0, info.r, 0, IDENTITY.length);
    } else {
      info.distortionModel = calibration.model().key();
      info.d = calibration.distortionInto(info.d);
      calibration.copyTo(info.k, info.r);
    }
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        double number = calibration.projection(row, column);
        info.p[4 * row + column] = number;
        if (rectified && column < 3) {
          info.k[3 * row + column] = number;
        }
      }
    }
  }
}
