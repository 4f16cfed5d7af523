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
  private static final String RECTIFIED = "image_rect";

  private final boolean rectify;
  private final boolean alreadyRectified;
  private final boolean fromFile;
  private final CameraInfo last = new CameraInfo();
  private volatile @Nullable CameraCalibration calibration;
  private volatile String frameId;
  private @Nullable FrameRectifier rectifier;

  /**
   * @param rectify whether images with distortion are rectified
   * @param imageTopic of the images: those of a topic {@code image_rect…} are rectified already, as
   *     ROS names it
   * @param calibration of a camera file, or null to use the topic
   * @param frameId optical frame until a message has one
   */
  InputCalibration(
      boolean rectify, String imageTopic, @Nullable CameraCalibration calibration, String frameId) {
    this.alreadyRectified = isRectified(imageTopic);
    this.rectify = rectify && !alreadyRectified;
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
    return now == null ? null : now.lensWarp(areRectified(now));
  }

  /**
   * Returns what an operator must know of the current calibration, because the images and what it
   * says do not go together; null if there is nothing.
   */
  @Nullable String caution() {
    CameraCalibration now = calibration;
    if (now == null) {
      return null;
    }
    if (alreadyRectified && now.changesImages()) {
      return "images are rectified already, as the name of their topic says, and are not rectified"
          + " again";
    }
    return now.hasTwoViews() && !alreadyRectified
        ? "R or P differ from K although there is no distortion; images are not rectified, as by"
            + " image_proc"
        : null;
  }

  /**
   * Returns what is wrong with images of a size, null if it is that of the calibration or there is
   * none.
   */
  @Nullable String contradiction(int width, int height) {
    CameraCalibration now = calibration;
    return now == null || now.width() == width && now.height() == height
        ? null
        : "size is " + width + " x " + height + "; expected that of the " + now;
  }

  /** Whether the calibration is that of a camera file and cannot change. */
  boolean isFromFile() {
    return fromFile;
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
    CameraInfoMessages.describe(now, areRectified(now), info);
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

  /** Whether the images that are handed on are rectified. */
  private boolean areRectified(CameraCalibration now) {
    return alreadyRectified || rectify && now.changesImages();
  }

  private static boolean isRectified(String topic) {
    String base =
        topic.endsWith("/compressed")
            ? topic.substring(0, topic.length() - "/compressed".length())
            : topic;
    return base.substring(base.lastIndexOf('/') + 1).startsWith(RECTIFIED);
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
