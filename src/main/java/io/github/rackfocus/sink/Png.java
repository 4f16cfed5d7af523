package io.github.rackfocus.sink;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FramePool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/** Grey and colour images to PNG and back. Thread-safe: nothing is kept between calls. */
public final class Png {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int HEADER_BYTES = 26;
  private static final int GREY = 0;

  static {
    NativeLibraries.loadOpenCv();
  }

  private Png() {}

  /**
   * Encodes a grey image of 16 bits.
   *
   * @param codes {@code height * width} unsigned values, row by row from the top
   */
  public static byte[] encode16(int width, int height, short[] codes) {
    checkLength(width, height, codes.length);
    Mat image = new Mat(height, width, CvType.CV_16UC1);
    try {
      image.put(0, 0, codes);
      return encode(image);
    } finally {
      image.release();
    }
  }

  /**
   * Encodes a grey image of 8 bits.
   *
   * @param values {@code height * width} unsigned values, row by row from the top
   */
  public static byte[] encode8(int width, int height, byte[] values) {
    checkLength(width, height, values.length);
    Mat image = new Mat(height, width, CvType.CV_8UC1);
    try {
      image.put(0, 0, values);
      return encode(image);
    } finally {
      image.release();
    }
  }

  /** Encodes a Mat of 8 or 16 bits with 1 or 3 (blue, green, red) channels; keeps no hold of it. */
  static byte[] encode(Mat image) {
    MatOfByte bytes = new MatOfByte();
    try {
      // With OpenCV's own options, run lengths of differences: 4 ms and 311 kB for 640 x 480 noisy
      // depth, where zlib's level 1 took 16 ms for 325 kB and level 9 143 ms for 316 kB.
      if (!Imgcodecs.imencode(".png", image, bytes)) {
        throw new IllegalStateException("OpenCV could not write a PNG of " + image.size());
      }
      return bytes.toArray();
    } finally {
      bytes.release();
    }
  }

  /**
   * Decodes a grey image of 16 bits.
   *
   * @return {@code height * width} unsigned values, row by row from the top
   * @throws IOException if the bytes are no such image, or one of another size
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
   * Decodes a grey image of 8 bits.
   *
   * @return {@code height * width} unsigned values, row by row from the top
   * @throws IOException if the bytes are no such image, or one of another size
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
    MatOfByte bytes = new MatOfByte(png);
    Mat image;
    try {
      image = Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_UNCHANGED);
    } finally {
      bytes.release();
    }
    if (image.width() != width || image.height() != height || image.type() != type) {
      image.release();
      throw new IOException("a PNG of " + png.length + " bytes is damaged and can't be decoded");
    }
    return image;
  }

  /** Before OpenCV takes memory for what a PNG claims to hold. */
  private static void checkHeader(byte[] png, int width, int height, int bits) throws IOException {
    try {
      FramePool.checkSize(width, height);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (png.length < HEADER_BYTES || ByteBuffer.wrap(png).getLong() != SIGNATURE) {
      throw new IOException("found " + png.length + " bytes that are no PNG; expected one");
    }
    ByteBuffer header = ByteBuffer.wrap(png);
    int foundWidth = header.getInt(16);
    int foundHeight = header.getInt(20);
    int foundBits = header.get(24);
    int colour = header.get(25);
    if (foundWidth != width || foundHeight != height || foundBits != bits || colour != GREY) {
      throw new IOException(
          "found a PNG of "
              + foundWidth
              + " x "
              + foundHeight
              + ", "
              + foundBits
              + " bits, colour "
              + "type "
              + colour
              + "; expected "
              + width
              + " x "
              + height
              + ", "
              + bits
              + " bits, grey");
    }
  }

  private static void checkLength(int width, int height, int length) {
    FramePool.checkSize(width, height);
    if (length != width * height) {
      throw new IllegalArgumentException(
          length + " values for an image of " + width + " x " + height);
    }
  }
}
