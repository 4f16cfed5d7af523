package io.github.rackfocus.sink;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FramePool;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Encodes grey images to PNG in reused memory: images of the same size produce no garbage. The
 * output equals that of {@link Png}. Not thread-safe.
 */
public final class PngEncoder {
  private final MatOfByte encoded;
  private Mat image;
  private byte[] bytes = new byte[0];

  /** Loads OpenCV. */
  public PngEncoder() {
    NativeLibraries.loadOpenCv();
    encoded = new MatOfByte();
    image = new Mat();
  }

  /**
   * Encodes a 16-bit grey image; the file is in {@link #bytes} until the next call.
   *
   * @param codes unsigned values, row by row from the top; elements beyond {@code height * width}
   *     are ignored
   * @return length of the file in bytes
   */
  public int encode16(int width, int height, short[] codes) {
    FramePool.checkSize(width, height);
    fit(width, height, CvType.CV_16UC1);
    image.put(0, 0, codes);
    return encode();
  }

  /**
   * Encodes an 8-bit grey image; the file is in {@link #bytes} until the next call.
   *
   * @param values unsigned values, row by row from the top
   * @return length of the file in bytes
   */
  public int encode8(int width, int height, byte[] values) {
    FramePool.checkSize(width, height);
    fit(width, height, CvType.CV_8UC1);
    image.put(0, 0, values);
    return encode();
  }

  /** Returns the buffer with the last file, starting at 0; the next call overwrites it. */
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
      throw new IllegalStateException("OpenCV cannot encode a PNG of " + image.size());
    }
    int length = (int) encoded.total();
    if (bytes.length < length) {
      bytes = new byte[length + length / 4];
    }
    encoded.get(0, 0, bytes);
    return length;
  }
}
