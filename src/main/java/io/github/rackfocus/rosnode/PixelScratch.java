package io.github.rackfocus.rosnode;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Mat;

/**
 * A scratch image, accessible as bytes and as OpenCV matrix; recreated only when size or type
 * change. Not thread-safe.
 */
final class PixelScratch implements AutoCloseable {
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private @Nullable Mat mat;

  /** Returns a matrix of a size and type; its content is undefined. */
  Mat of(int width, int height, int type) {
    Mat now = mat;
    if (now != null && now.cols() == width && now.rows() == height && now.type() == type) {
      return now;
    }
    close();
    int size = Math.multiplyExact(Math.multiplyExact(width, height), elementSize(type));
    if (bytes.capacity() < size) {
      bytes = ByteBuffer.allocateDirect(size);
    }
    Mat fresh = new Mat(height, width, type, bytes);
    mat = fresh;
    return fresh;
  }

  /** Returns the bytes of the matrix last returned by {@link #of}, in rows without padding. */
  ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (mat != null) {
      mat.release();
      mat = null;
    }
  }

  private static int elementSize(int type) {
    return org.opencv.core.CvType.ELEM_SIZE(type);
  }
}
