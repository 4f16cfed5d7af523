package io.github.rackfocus.rosnode;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opencv.core.CvType;
import org.opencv.imgproc.Imgproc;

/**
 * The supported encodings of sensor_msgs/Image, named as in sensor_msgs. OpenCV names a Bayer
 * pattern by its second row, ROS by its first.
 */
enum ImageEncoding {
  MONO8(CvType.CV_8UC1, ImageEncoding.NONE, ImageEncoding.NONE),
  MONO16(CvType.CV_16UC1, ImageEncoding.NONE, ImageEncoding.NONE),
  RGB8(CvType.CV_8UC3, Imgproc.COLOR_RGB2GRAY, ImageEncoding.NONE),
  BGR8(CvType.CV_8UC3, Imgproc.COLOR_BGR2GRAY, Imgproc.COLOR_BGR2RGB),
  RGBA8(CvType.CV_8UC4, Imgproc.COLOR_RGBA2GRAY, Imgproc.COLOR_RGBA2RGB),
  BGRA8(CvType.CV_8UC4, Imgproc.COLOR_BGRA2GRAY, Imgproc.COLOR_BGRA2RGB),
  BAYER_RGGB8(CvType.CV_8UC1, Imgproc.COLOR_BayerBG2GRAY, Imgproc.COLOR_BayerBG2RGB),
  BAYER_BGGR8(CvType.CV_8UC1, Imgproc.COLOR_BayerRG2GRAY, Imgproc.COLOR_BayerRG2RGB),
  BAYER_GBRG8(CvType.CV_8UC1, Imgproc.COLOR_BayerGR2GRAY, Imgproc.COLOR_BayerGR2RGB),
  BAYER_GRBG8(CvType.CV_8UC1, Imgproc.COLOR_BayerGB2GRAY, Imgproc.COLOR_BayerGB2RGB),
  BAYER_RGGB16(CvType.CV_16UC1, Imgproc.COLOR_BayerBG2GRAY, Imgproc.COLOR_BayerBG2RGB),
  BAYER_BGGR16(CvType.CV_16UC1, Imgproc.COLOR_BayerRG2GRAY, Imgproc.COLOR_BayerRG2RGB),
  BAYER_GBRG16(CvType.CV_16UC1, Imgproc.COLOR_BayerGR2GRAY, Imgproc.COLOR_BayerGR2RGB),
  BAYER_GRBG16(CvType.CV_16UC1, Imgproc.COLOR_BayerGB2GRAY, Imgproc.COLOR_BayerGB2RGB);

  /** No conversion. */
  static final int NONE = -1;

  private static final ImageEncoding[] ALL = values();

  private final String key = name().toLowerCase(Locale.ROOT);
  private final int type;
  private final int toGray;
  private final int toRgb;

  ImageEncoding(int type, int toGray, int toRgb) {
    this.type = type;
    this.toGray = toGray;
    this.toRgb = toRgb;
  }

  /** Returns the encoding of a name, or null; allocates nothing. */
  static @Nullable ImageEncoding of(String name) {
    for (ImageEncoding encoding : ALL) {
      if (encoding.key.equals(name)) {
        return encoding;
      }
    }
    return null;
  }

  /** Returns all names, for messages. */
  static String names() {
    return Arrays.stream(ALL).map(encoding -> encoding.key).collect(Collectors.joining(", "));
  }

  /** Returns the name in sensor_msgs. */
  String key() {
    return key;
  }

  /** Returns OpenCV's type of a pixel. */
  int type() {
    return type;
  }

  /** Returns the bytes per pixel. */
  int bytes() {
    return CvType.ELEM_SIZE(type);
  }

  /** Returns whether a sample has 16 bits. */
  boolean isWide() {
    return CvType.depth(type) == CvType.CV_16U;
  }

  boolean isBayer() {
    return key.startsWith("bayer");
  }

  /** Returns whether pixels have colour. */
  boolean hasColour() {
    return toGray != NONE;
  }

  /** Returns OpenCV's conversion to red, green and blue; {@link #NONE} if it is that, or grey. */
  int toRgb() {
    return toRgb;
  }

  /** Returns OpenCV's conversion to one channel, BT.601; {@link #NONE} if there is only one. */
  int toGray() {
    return toGray;
  }
}
