package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.frame.BitDepthWatch;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameMats;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.sweep.FrameRectifier;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes ROS images to luma in pooled frames, and to colour where it is wanted, rectified if a
 * rectifier is given. Luma does not depend on whether colour is wanted. In the steady state raw
 * images allocate nothing, and a compressed one only OpenCV's handle of the decoded image. Not
 * thread-safe.
 */
final class ImageDecoder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageDecoder.class);

  private final FramePool pool;
  private final BitDepthWatch bitDepth;
  private final double to8Bits;
  private final FrameMats lumas = FrameMats.ofLuma();
  private final FrameMats colours = FrameMats.ofColour();
  private final PixelScratch raw = new PixelScratch();
  private final PixelScratch wide = new PixelScratch();
  private final PixelScratch luma = new PixelScratch();
  private final PixelScratch wideColour = new PixelScratch();
  private final PixelScratch colour = new PixelScratch();
  private final CompressedDecoder compressed = new CompressedDecoder();
  private volatile @Nullable BooleanSupplier colourDemand;

  /**
   * @param bitDepth of 16-bit images
   * @param watched number of 16-bit images, at least those of a sweep, whose samples are compared
   *     with it
   */
  ImageDecoder(FramePool pool, int bitDepth, int watched) {
    this.bitDepth = new BitDepthWatch(bitDepth, watched);
    NativeLibraries.loadOpenCv();
    this.pool = pool;
    this.to8Bits = 255.0 / ((1 << bitDepth) - 1);
  }

  /** Sets what tells whether colour is wanted; from any thread. Before: it is not. */
  void colourDemand(BooleanSupplier wanted) {
    colourDemand = wanted;
  }

  /**
   * Decodes an image.
   *
   * @return a frame that is not sealed yet
   * @throws BadImageException if the message is inconsistent or cannot become a frame
   */
  Frame decode(Image image, @Nullable FrameRectifier rectifier) throws BadImageException {
    ImageEncoding encoding = ImageEncoding.of(image.encoding);
    if (encoding == null) {
      throw new BadImageException(
          InputFault.ENCODING,
          "encoding is '" + shown(image.encoding) + "'; expected one of " + ImageEncoding.names());
    }
    check(image, encoding);
    int width = (int) image.width;
    int height = (int) image.height;
    checkCalibrated(width, height, rectifier);
    Frame frame = lease(width, height, encoding.hasColour());
    try {
      if (encoding == ImageEncoding.MONO8 && rectifier == null) {
        copyRows(image, width, frame.luma());
        return frame;
      }
      Mat pixels = raw.of(width, height, encoding.type());
      copyRows(image, width * encoding.bytes(), raw.bytes());
      toLuma(pixels, encoding, frame, rectifier);
      if (frame.hasColour()) {
        toColour(pixels, encoding.toRgb(), frame, rectifier);
      }
      return frame;
    } catch (RuntimeException e) {
      frame.close();
      throw e;
    }
  }

  /**
   * Decodes a compressed image. Its size is checked by its header before memory is allocated.
   *
   * @return a frame that is not sealed yet
   * @throws BadImageException if it cannot become a frame
   */
  Frame decode(CompressedImage image, @Nullable FrameRectifier rectifier) throws BadImageException {
    Mat decoded = compressed.decode(image);
    try {
      int width = decoded.cols();
      int height = decoded.rows();
      checkCalibrated(width, height, rectifier);
      ImageEncoding encoding = CompressedDecoder.encodingOf(image.format, decoded);
      boolean hasColour = encoding.hasColour() || compressed.hasColour();
      Frame frame = lease(width, height, hasColour);
      try {
        toLuma(decoded, encoding, frame, rectifier);
        if (frame.hasColour() && encoding.hasColour()) {
          toColour(decoded, encoding.toRgb(), frame, rectifier);
        } else if (frame.hasColour()) {
          decodeColour(image, frame, rectifier);
        }
        return frame;
      } catch (BadImageException | RuntimeException e) {
        frame.close();
        throw e;
      }
    } finally {
      decoded.release();
    }
  }

  /**
   * Decodes compressed images a second time from now on, to find damage that OpenCV fills with
   * grey: for recordings, which have the time.
   */
  void checkForDamage() {
    compressed.checkForDamage();
  }

  @Override
  public void close() {
    lumas.close();
    colours.close();
    wideColour.close();
    colour.close();
    raw.close();
    wide.close();
    luma.close();
    compressed.close();
  }

  private void toLuma(
      Mat pixels, ImageEncoding encoding, Frame frame, @Nullable FrameRectifier rectifier) {
    Mat target = lumas.of(frame);
    Mat gray = rectifier == null ? target : luma.of(frame.width(), frame.height(), CvType.CV_8UC1);
    if (encoding.isWide()) {
      Mat oneChannel = pixels;
      if (encoding.toGray() >= 0) {
        oneChannel = wide.of(frame.width(), frame.height(), CvType.CV_16UC1);
        Imgproc.cvtColor(pixels, oneChannel, encoding.toGray());
      }
      watch(oneChannel);
      oneChannel.convertTo(gray, CvType.CV_8U, to8Bits);
    } else if (encoding.toGray() >= 0) {
      Imgproc.cvtColor(pixels, gray, encoding.toGray());
    } else if (rectifier == null) {
      pixels.copyTo(gray);
    } else {
      gray = pixels;
    }
    if (rectifier != null) {
      rectifier.rectify(gray, target);
    }
  }

  private void decodeColour(CompressedImage image, Frame frame, @Nullable FrameRectifier rectifier)
      throws BadImageException {
    Mat decoded = compressed.decodeColour(image);
    try {
      toColour(decoded, Imgproc.COLOR_BGR2RGB, frame, rectifier);
    } finally {
      decoded.release();
    }
  }

  /**
   * @param toRgb OpenCV's conversion, or {@link ImageEncoding#NONE}
   */
  private void toColour(Mat pixels, int toRgb, Frame frame, @Nullable FrameRectifier rectifier) {
    int width = frame.width();
    int height = frame.height();
    Mat target = colours.of(frame);
    Mat rgb = rectifier == null ? target : colour.of(width, height, CvType.CV_8UC3);
    if (CvType.depth(pixels.type()) == CvType.CV_16U) {
      Mat wideRgb = wideColour.of(width, height, CvType.CV_16UC3);
      Imgproc.cvtColor(pixels, wideRgb, toRgb);
      wideRgb.convertTo(rgb, CvType.CV_8U, to8Bits);
    } else if (toRgb != ImageEncoding.NONE) {
      Imgproc.cvtColor(pixels, rgb, toRgb);
    } else if (rectifier == null) {
      pixels.copyTo(rgb);
    } else {
      rgb = pixels;
    }
    if (rectifier != null) {
      rectifier.rectify(rgb, target);
    }
  }

  private void watch(Mat wideLuma) {
    if (bitDepth.isWatching()) {
      String caution = bitDepth.add((int) Core.minMaxLoc(wideLuma).maxVal);
      if (caution != null) {
        LOG.warn("{}", caution);
      }
    }
  }

  private Frame lease(int width, int height, boolean ofColour) throws BadImageException {
    BooleanSupplier demand = ofColour ? colourDemand : null;
    Frame frame = pool.tryLease(width, height, demand != null && demand.getAsBoolean());
    if (frame == null) {
      throw new BadImageException(
          InputFault.POOL, "no free frame: the stages after the camera are too slow");
    }
    if (demand != null) {
      frame.setOfColour();
    }
    return frame;
  }

  private static void check(Image image, ImageEncoding encoding) throws BadImageException {
    checkSize(image.width, image.height);
    if (image.isBigendian != 0 && encoding.isWide()) {
      throw new BadImageException(
          InputFault.BIG_ENDIAN,
          "is_bigendian is " + image.isBigendian + " with " + encoding.key() + "; expected 0");
    }
    if (encoding.isBayer() && (image.width < 4 || image.height < 4)) {
      throw new BadImageException(
          InputFault.SIZE,
          "size is "
              + image.width
              + " x "
              + image.height
              + " with "
              + encoding.key()
              + "; expected at least 4 x 4");
    }
    long row = image.width * encoding.bytes();
    if (image.step < row) {
      throw new BadImageException(
          InputFault.LAYOUT,
          "step is "
              + image.step
              + " with width "
              + image.width
              + " of "
              + encoding.key()
              + "; expected at least "
              + row);
    }
    if (image.data.remaining() != image.step * image.height) {
      throw new BadImageException(
          InputFault.LAYOUT,
          "data has "
              + image.data.remaining()
              + " bytes with step "
              + image.step
              + " and height "
              + image.height
              + "; expected "
              + image.step * image.height);
    }
  }

  static void checkSize(long width, long height) throws BadImageException {
    try {
      FramePool.checkSize(width, height);
    } catch (IllegalArgumentException e) {
      throw new BadImageException(InputFault.SIZE, ErrorMessages.of(e));
    }
  }

  private static void checkCalibrated(int width, int height, @Nullable FrameRectifier rectifier)
      throws BadImageException {
    if (rectifier == null) {
      return;
    }
    int calibratedWidth = rectifier.calibration().width();
    int calibratedHeight = rectifier.calibration().height();
    if (width != calibratedWidth || height != calibratedHeight) {
      throw new BadImageException(
          InputFault.CALIBRATION,
          "size is "
              + width
              + " x "
              + height
              + "; expected that of the "
              + rectifier.calibration());
    }
  }

  private static void copyRows(Image image, int row, ByteBuffer to) {
    ByteBuffer data = image.data;
    int start = data.position();
    int height = (int) image.height;
    if (image.step == row) {
      to.put(0, data, start, row * height);
      return;
    }
    for (int y = 0; y < height; y++) {
      to.put(y * row, data, start + y * (int) image.step, row);
    }
  }

  /** Makes an untrusted name short and printable. */
  static String shown(String text) {
    return PrintableText.of(text, 40);
  }
}
