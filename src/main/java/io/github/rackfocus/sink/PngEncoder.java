package io.github.rackfocus.sink;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FramePool;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Grey images to PNG again and again, in memory that is kept: where sizes stay the same, an image
 * costs no garbage. The files are those of {@link Png}. For one thread.
 */
public final class PngEncoder {
  static {
    NativeLibraries.loadOpenCv();
  }

  private final MatOfByte encoded = new MatOfByte();
  private Mat image = new Mat();
  private byte[] bytes = new byte[0];

  /**
   * Encodes a grey image of 16 bits; the file is in {@link #bytes} until the next call.
   *
   * @param codes unsigned values, row by row from the top; those beyond {@code height * width} are
   *     not looked at
   * @return length of the file
   */
  public int encode16(int width, int height, short[] codes) {
    FramePool.checkSize(width, height);
    fit(width, height, CvType.CV_16UC1);
    image.put(0, 0, codes);
    return encode();
  }

  /**
   * Encodes a grey image of 8 bits; the file is in {@link #bytes} until the next call.
   *
   * @param values unsigned values, row by row from the top
   * @return length of the file
   */
  public int encode8(int width, int height, byte[] values) {
    FramePool.checkSize(width, height);
    fit(width, height, CvType.CV_8UC1);
    image.put(0, 0, values);
    return encode();
  }

  /** The memory of the last file, which begins at 0; the next call writes over it. */
  public byte[] bytes() {
    return bytes;
  }

  private void fit(int width, int height, int type) {
    if (image.width() != width || image.height() != height || image.type() != type) {
      image.release();
      image = new Mat(height, width, type);
    }
  }

  private int encode() {
    if (!Imgcodecs.imencode(".png", image, encoded)) {
      throw new IllegalStateException("OpenCV could not write a PNG of " + image.size());
    }
    int length = (int) encoded.total();
    if (bytes.length < length) {
      bytes = new byte[length + length / 4];
    }
    encoded.get(0, 0, bytes);
    return length;
  }
}
