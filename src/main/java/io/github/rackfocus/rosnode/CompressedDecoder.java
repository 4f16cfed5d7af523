package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.ImageHeader;
import io.github.rackfocus.camera.ImageIntegrity;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Decodes PNG and JPEG images of image_transport to one channel of 8 or 16 bits; colours are
 * converted by BT.601. Not thread-safe.
 */
final class CompressedDecoder implements AutoCloseable {
  // Ignores rotation tags: a rotated image would not match its calibration.
  private static final int FLAGS =
      Imgcodecs.IMREAD_GRAYSCALE | Imgcodecs.IMREAD_ANYDEPTH | Imgcodecs.IMREAD_IGNORE_ORIENTATION;

  private static final int COLOUR_FLAGS =
      Imgcodecs.IMREAD_COLOR | Imgcodecs.IMREAD_ANYDEPTH | Imgcodecs.IMREAD_IGNORE_ORIENTATION;

  private final PixelScratch packed = new PixelScratch();
  private boolean checksForDamage;
  private boolean hasColour;

  /** From now on, images are refused of which a part would be filled with grey. */
  void checkForDamage() {
    checksForDamage = true;
  }

  /**
   * Decodes an image.
   *
   * @return a matrix, which the caller releases
   * @throws BadImageException if it is neither PNG nor JPEG, too large or truncated
   */
  Mat decode(CompressedImage image) throws BadImageException {
    int bytes = image.data.remaining();
    try {
      ImageHeader header = ImageHeader.parse(image.data);
      ImageDecoder.checkSize(header.width(), header.height());
      hasColour = header.colour();
    } catch (IllegalArgumentException e) {
      throw new BadImageException(
          InputFault.COMPRESSED,
          "compressed image of format '"
              + ImageDecoder.shown(image.format)
              + "' "
              + ErrorMessages.of(e));
    }
    if (checksForDamage) {
      byte[] copy = new byte[bytes];
      image.data.get(image.data.position(), copy);
      String fault = ImageIntegrity.fault(copy);
      if (fault != null) {
        throw new BadImageException(
            InputFault.COMPRESSED,
            "compressed image of format '" + ImageDecoder.shown(image.format) + "' " + fault);
      }
    }
    packed.of(bytes, 1, CvType.CV_8UC1);
    packed.bytes().put(0, image.data, image.data.position(), bytes);
    return decode(image, FLAGS);
  }

  /** Returns whether the image that was decoded last has colour. */
  boolean hasColour() {
    return hasColour;
  }

  /**
   * Decodes the last image again, with its colours: luma made of these would differ from what the
   * decoder makes of the file.
   *
   * @param image the same as before
   * @return blue, green and red of 8 or 16 bits, which the caller releases
   * @throws BadImageException if it cannot be decoded
   */
  Mat decodeColour(CompressedImage image) throws BadImageException {
    return decode(image, COLOUR_FLAGS);
  }

  private Mat decode(CompressedImage image, int flags) throws BadImageException {
    int bytes = image.data.remaining();
    Mat data = packed.of(bytes, 1, CvType.CV_8UC1);
    Mat decoded;
    try {
      decoded = Imgcodecs.imdecode(data, flags);
    } catch (CvException e) {
      throw new BadImageException(InputFault.COMPRESSED, undecodable(image, bytes));
    }
    if (decoded.empty()) {
      decoded.release();
      throw new BadImageException(InputFault.COMPRESSED, undecodable(image, bytes));
    }
    return decoded;
  }

  /**
   * Returns the encoding of the decoded samples: image_transport puts the original encoding first
   * in the format and compresses a Bayer pattern as a grey image.
   */
  static ImageEncoding encodingOf(String format, Mat decoded) {
    boolean isWide = CvType.depth(decoded.type()) == CvType.CV_16U;
    int end = format.indexOf(';');
    if (format.startsWith("bayer_") && end > 0) {
      ImageEncoding bayer = ImageEncoding.of(format.substring(0, end).trim());
      boolean stillBayer = !format.contains("compressed bgr") && !format.contains("compressed rgb");
      if (bayer != null && stillBayer && bayer.isWide() == isWide) {
        return bayer;
      }
    }
    return isWide ? ImageEncoding.MONO16 : ImageEncoding.MONO8;
  }

  @Override
  public void close() {
    packed.close();
  }

  private static String undecodable(CompressedImage image, int bytes) {
    return "compressed image of format '"
        + ImageDecoder.shown(image.format)
        + "' with "
        + bytes
        + " bytes cannot be decoded; expected a complete PNG or JPEG";
  }
}
