package io.github.rackfocus.rosnode;

import io.github.rackfocus.frame.LensWarp;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.FrameRectifier;
import io.github.rackfocus.sweep.LensCalibration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The camera's calibration, from a camera file or else from the topic {@code camera_info}, with the
 * rectifier and the CameraInfo messages derived from it.
 *
 * <p>The calibration of a file is fixed; that of the topic follows each change. Repeated messages
 * cost nothing. {@link #rectifier} and {@link #close} are for the decoding thread; the other
 * methods are thread-safe.
 */
final class InputCalibration implements CameraInfoSource, AutoCloseable {
  private final boolean rectify;
  private final boolean fromFile;
  private final CameraInfo last = new CameraInfo();
  private volatile @Nullable CameraCalibration calibration;
  private volatile String frameId;
  private @Nullable FrameRectifier rectifier;

  /**
   * @param calibration of a camera file, or null to use the topic
   * @param frameId optical frame until a message has one
   */
  InputCalibration(boolean rectify, @Nullable CameraCalibration calibration, String frameId) {
    this.rectify = rectify;
    this.fromFile = calibration != null;
    this.calibration = calibration;
    this.frameId = frameId;
  }

  /** Returns the calibration, or null if there is none. */
  @Nullable CameraCalibration calibration() {
    return calibration;
  }

  /** Returns the calibration of the lens, or the defaults. */
  LensCalibration lens() {
    CameraCalibration now = calibration;
    return now == null ? LensCalibration.DEFAULTS : now.lens();
  }

  /** Returns what the lens does to the images that are handed on; null if that is unknown. */
  @Nullable LensWarp lensWarp() {
    CameraCalibration now = calibration;
    return now == null ? null : now.lensWarp(rectify);
  }

  /** Sets the optical frame to the driver's, unless that is empty. */
  void frameId(String driver) {
    if (!driver.isEmpty() && !driver.equals(frameId)) {
      frameId = driver;
    }
  }

  /**
   * Offers a message of the topic.
   *
   * @return whether it was accepted as a new calibration
   * @throws IllegalArgumentException if it has no valid calibration
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

  /** Returns the rectifier of the current calibration, or null if images need none. */
  @Nullable FrameRectifier rectifier() {
    CameraCalibration now = calibration;
    FrameRectifier current = rectifier;
    if (!rectify || now == null || !now.changesImages()) {
      closeRectifier();
    } else if (current == null || !current.calibration().equals(now)) {
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
