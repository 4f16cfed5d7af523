package io.github.rackfocus.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Luma bytes to floats in [0, 1], padded to the right and below by replication to a size that the
 * model takes, and cropping what comes out.
 *
 * @param height rows of the image
 * @param width pixels in its rows
 * @param paddedHeight rows of the model's tensors
 * @param paddedWidth pixels in their rows
 */
record PlanePadding(int height, int width, int paddedHeight, int paddedWidth) {
  private static final float[] UNIT = new float[256];

  static {
    for (int i = 0; i < UNIT.length; i++) {
      UNIT[i] = i / 255f;
    }
  }

  /** The padding that a model needs for images of a size. */
  static PlanePadding of(Manifest manifest, int height, int width) {
    return new PlanePadding(height, width, padded(manifest, height), padded(manifest, width));
  }

  private static int padded(Manifest manifest, int size) {
    int multiple = manifest.multiple();
    int least = Math.max(size, manifest.minimumSize());
    return (least + multiple - 1) / multiple * multiple;
  }

  /** Whether the size is taken as it is. */
  boolean isNone() {
    return height == paddedHeight && width == paddedWidth;
  }

  /** Writes a plane of a buffer {@code [Z, 1, paddedHeight, paddedWidth]}. */
  void write(ByteBuffer luma, FloatBuffer into, int plane) {
    int start = plane * paddedHeight * paddedWidth;
    for (int y = 0; y < height; y++) {
      int row = start + y * paddedWidth;
      int source = y * width;
      for (int x = 0; x < width; x++) {
        into.put(row + x, UNIT[luma.get(source + x) & 0xff]);
      }
      float last = into.get(row + width - 1);
      for (int x = width; x < paddedWidth; x++) {
        into.put(row + x, last);
      }
    }
    int lastRow = start + (height - 1) * paddedWidth;
    for (int y = height; y < paddedHeight; y++) {
      into.put(start + y * paddedWidth, into, lastRow, paddedWidth);
    }
  }

  /** Copies an output without its padding. */
  void crop(FloatBuffer padded, FloatBuffer into) {
    for (int y = 0; y < height; y++) {
      into.put(y * width, padded, y * paddedWidth, width);
    }
  }
}
