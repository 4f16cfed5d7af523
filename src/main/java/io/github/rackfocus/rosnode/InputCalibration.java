package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.FrameRectifier;
import io.github.rackfocus.sweep.LensCalibration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The camera's calibration, from its file or else from the topic {@code camera_info}, and what
 * follows from it: a rectifier for the thread that decodes, CameraInfo for those that publish.
 *
 * <p>A file counts for good; of the topic each new content counts. Messages that repeat it cost
 * nothing. {@link #rectifier} is for the decoding thread, the rest for any.
 */
final class InputCalibration implements CameraInfoSource, AutoCloseable {
  private final boolean rectify;
  private final boolean fromFile;
  private final CameraInfo last = new CameraInfo();
  private volatile @Nullable CameraCalibration calibration;
  private volatile String frameId;
  private @Nullable FrameRectifier rectifier;

  /**
   * @param calibration of a camera file, or null to listen to the topic
   * @param frameId until a message tells the driver's
   */
  InputCalibration(boolean rectify, @Nullable CameraCalibration calibration, String frameId) {
    this.rectify = rectify;
    this.fromFile = calibration != null;
    this.calibration = calibration;
    this.frameId = frameId;
  }

  /** What is known, or null. */
  @Nullable CameraCalibration calibration() {
    return calibration;
  }

  /** The calibration's word on the lens, or the defaults. */
  LensCalibration lens() {
    CameraCalibration now = calibration;
    return now == null ? LensCalibration.DEFAULTS : now.lens();
  }

  /** Passes on the driver's optical frame. */
  void frameId(String driver) {
    if (!driver.isEmpty() && !driver.equals(frameId)) {
      frameId = driver;
    }
  }

  /**
   * Takes a message of the topic.
   *
   * @return whether it was new and counts
   * @throws IllegalArgumentException if it is no calibration; says why
   */
  synchronized boolean offer(CameraInfo info) {
    if (fromFile || isRepeated(info)) {
      return false;
    }
    remember(info);
    calibration = null;
    calibration = CameraInfoMessages.calibration(info);
    return true;
  }

  /** Rectifies what comes now; null where images are to stay as they are. */
  @Nullable FrameRectifier rectifier() {
    CameraCalibration now = calibration;
    FrameRectifier made = rectifier;
    if (!rectify || now == null || !now.changesImages()) {
      closeRectifier();
    } else if (made == null || !made.calibration().equals(now)) {
      closeRectifier();
      rectifier = new FrameRectifier(now);
    }
    return rectifier;
  }

  @Override
  public String frameId() {
    return frameId;
  }

  @Override
  public boolean describe(CameraInfo info, int width, int height) {
    CameraCalibration now = calibration;
    if (now == null || now.width() != width || now.height() != height) {
      return false;
    }
    CameraInfoMessages.describe(now, rectify, info);
    return true;
  }

  @Override
  public String calibrationSha256() {
    CameraCalibration now = calibration;
    return now == null ? "" : now.sha256();
  }

  @Override
  public void close() {
    closeRectifier();
  }

  private void closeRectifier() {
    if (rectifier != null) {
      rectifier.close();
      rectifier = null;
    }
  }

  private boolean isRepeated(CameraInfo info) {
    return info.width == last.width
        && info.height == last.height
        && info.binningX == last.binningX
        && info.binningY == last.binningY
        && info.roi.xOffset == last.roi.xOffset
        && info.roi.yOffset == last.roi.yOffset
        && info.roi.width == last.roi.width
        && info.roi.height == last.roi.height
        && info.distortionModel.equals(last.distortionModel)
        && Arrays.equals(info.d, last.d)
        && Arrays.equals(info.k, last.k)
        && Arrays.equals(info.r, last.r)
        && Arrays.equals(info.p, last.p);
  }

  private void remember(CameraInfo info) {
    last.width = info.width;
    last.height = info.height;
    last.binningX = info.binningX;
    last.binningY = info.binningY;
    last.roi.xOffset = info.roi.xOffset;
    last.roi.yOffset = info.roi.yOffset;
    last.roi.width = info.roi.width;
    last.roi.height = info.roi.height;
    last.distortionModel = info.distortionModel;
    last.d = info.d.clone();
    last.k = info.k.clone();
    last.r = info.r.clone();
    last.p = info.p.clone();
  }
}
