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
  MONO8(CvType.CV_8UC1, -1),
  MONO16(CvType.CV_16UC1, -1),
  RGB8(CvType.CV_8UC3, Imgproc.COLOR_RGB2GRAY),
  BGR8(CvType.CV_8UC3, Imgproc.COLOR_BGR2GRAY),
  RGBA8(CvType.CV_8UC4, Imgproc.COLOR_RGBA2GRAY),
  BGRA8(CvType.CV_8UC4, Imgproc.COLOR_BGRA2GRAY),
  BAYER_RGGB8(CvType.CV_8UC1, Imgproc.COLOR_BayerBG2GRAY),
  BAYER_BGGR8(CvType.CV_8UC1, Imgproc.COLOR_BayerRG2GRAY),
  BAYER_GBRG8(CvType.CV_8UC1, Imgproc.COLOR_BayerGR2GRAY),
  BAYER_GRBG8(CvType.CV_8UC1, Imgproc.COLOR_BayerGB2GRAY),
  BAYER_RGGB16(CvType.CV_16UC1, Imgproc.COLOR_BayerBG2GRAY),
  BAYER_BGGR16(CvType.CV_16UC1, Imgproc.COLOR_BayerRG2GRAY),
  BAYER_GBRG16(CvType.CV_16UC1, Imgproc.COLOR_BayerGR2GRAY),
  BAYER_GRBG16(CvType.CV_16UC1, Imgproc.COLOR_BayerGB2GRAY);

  private static final ImageEncoding[] ALL = values();

  private final String key = name().toLowerCase(Locale.ROOT);
  private final int type;
  private final int toGray;

  ImageEncoding(int type, int toGray) {
    this.type = type;
    this.toGray = toGray;
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

  /** Returns OpenCV's conversion to one channel, BT.601; −1 if there is only one. */
  int toGray() {
    return toGray;
  }
}
