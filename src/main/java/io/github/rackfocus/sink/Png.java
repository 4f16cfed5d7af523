package io.github.rackfocus.sink;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.PngHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Encodes and decodes PNG images. Thread-safe. */
public final class Png {
  private Png() {}

  /**
   * Encodes a 16-bit grey image.
   *
   * @param codes {@code height * width} unsigned values, row by row from the top
   */
  public static byte[] encode16(int width, int height, short[] codes) {
    checkLength(width, height, codes.length);
    NativeLibraries.loadOpenCv();
    Mat image = new Mat(height, width, CvType.CV_16UC1);
    try {
      image.put(0, 0, codes);
      return encode(image);
    } finally {
      image.release();
    }
  }

  /**
   * Encodes an 8-bit grey image.
   *
   * @param values {@code height * width} unsigned values, row by row from the top
   */
  public static byte[] encode8(int width, int height, byte[] values) {
    checkLength(width, height, values.length);
    NativeLibraries.loadOpenCv();
    Mat image = new Mat(height, width, CvType.CV_8UC1);
    try {
      image.put(0, 0, values);
      return encode(image);
    } finally {
      image.release();
    }
  }

  /**
   * Encodes an image in colour.
   *
   * @param rgb {@code height * width * 3} values, row by row from the top
   */
  public static byte[] encodeRgb(int width, int height, byte[] rgb) {
    FramePool.checkSize(width, height);
    if (rgb.length != 3 * width * height) {
      throw new IllegalArgumentException(
          "image has " + rgb.length + " values; expected 3 x " + width + " x " + height);
    }
    NativeLibraries.loadOpenCv();
    Mat image = new Mat(height, width, CvType.CV_8UC3);
    try {
      image.put(0, 0, rgb);
      Imgproc.cvtColor(image, image, Imgproc.COLOR_RGB2BGR);
      return encode(image);
    } finally {
      image.release();
    }
  }

  /** Encodes a Mat of 8 or 16 bits with 1 or 3 (blue, green, red) channels; the caller keeps it. */
  static byte[] encode(Mat image) {
    MatOfByte bytes = new MatOfByte();
    try {
      // OpenCV's default (run-length encoded differences): 4 ms and 311 kB for noisy depth of
      // 640 x 480. zlib's level 1 takes 16 ms for 325 kB, level 9 takes 143 ms for 316 kB.
      if (!Imgcodecs.imencode(".png", image, bytes)) {
        throw new IllegalStateException("OpenCV cannot encode a PNG of " + image.size());
      }
      return bytes.toArray();
    } finally {
      bytes.release();
    }
  }

  /**
   * Decodes a 16-bit grey image.
   *
   * @return {@code height * width} unsigned values, row by row from the top
   * @throws IOException if the bytes are not such an image of this size
   */
  public static short[] decode16(byte[] png, int width, int height) throws IOException {
    checkHeader(png, width, height, 16);
    Mat image = decode(png, width, height, CvType.CV_16UC1);
    try {
      short[] codes = new short[width * height];
      image.get(0, 0, codes);
      return codes;
    } finally {
      image.release();
    }
  }

  /**
   * Decodes an 8-bit grey image.
   *
   * @return {@code height * width} unsigned values, row by row from the top
   * @throws IOException if the bytes are not such an image of this size
   */
  public static byte[] decode8(byte[] png, int width, int height) throws IOException {
    checkHeader(png, width, height, 8);
    Mat image = decode(png, width, height, CvType.CV_8UC1);
    try {
      byte[] values = new byte[width * height];
      image.get(0, 0, values);
      return values;
    } finally {
      image.release();
    }
  }

  private static Mat decode(byte[] png, int width, int height, int type) throws IOException {
    NativeLibraries.loadOpenCv();
    MatOfByte bytes = new MatOfByte(png);
    Mat image;
    try {
      image = Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_UNCHANGED);
    } finally {
      bytes.release();
    }
    if (image.width() != width || image.height() != height || image.type() != type) {
      image.release();
      throw new IOException(
          "PNG of " + png.length + " bytes is damaged; expected a complete image");
    }
    return image;
  }

  /** Checks the header before OpenCV allocates memory for the size that it claims. */
  private static void checkHeader(byte[] png, int width, int height, int bits) throws IOException {
    try {
      FramePool.checkSize(width, height);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    PngHeader header = PngHeader.read(ByteBuffer.wrap(png));
    if (header == null) {
      throw new IOException("image of " + png.length + " bytes is not a PNG");
    }
    PngHeader expected = new PngHeader(width, height, bits, PngHeader.GREY);
    if (!header.equals(expected)) {
      throw new IOException("PNG is " + text(header) + "; expected " + text(expected));
    }
  }

  private static String text(PngHeader header) {
    return String.format(
        Locale.ROOT,
        "%d x %d with %d bits and colour type %d",
        header.width(),
        header.height(),
        header.bits(),
        header.colourType());
  }

  private static void checkLength(int width, int height, int length) {
    FramePool.checkSize(width, height);
    if (length != width * height) {
      throw new IllegalArgumentException(
          "image has " + length + " values; expected " + width + " x " + height);
    }
  }
}
