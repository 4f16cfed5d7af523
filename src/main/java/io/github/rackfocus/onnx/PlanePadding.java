package io.github.rackfocus.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Converts luma bytes to floats in [0, 1], padded by replication at the right and the bottom to a
 * size that the model accepts, and crops outputs.
 *
 * @param height rows of the image
 * @param width pixels in a row of the image
 * @param paddedHeight rows of the model's tensors
 * @param paddedWidth pixels in a row of the tensors
 */
record PlanePadding(int height, int width, int paddedHeight, int paddedWidth) {
  private static final float[] UNIT = new float[256];

  static {
    for (int i = 0; i < UNIT.length; i++) {
      UNIT[i] = i / 255f;
    }
  }

  /** Returns the padding that a model needs for images of a size. */
  static PlanePadding of(Manifest manifest, int height, int width) {
    return new PlanePadding(height, width, padded(manifest, height), padded(manifest, width));
  }

  private static int padded(Manifest manifest, int size) {
    int multiple = manifest.input().multiple();
    int minimum = Math.max(size, manifest.input().minSize());
    return (minimum + multiple - 1) / multiple * multiple;
  }

  /** Returns whether the model accepts the size unpadded. */
  boolean isNone() {
    return height == paddedHeight && width == paddedWidth;
  }

  /**
   * Writes a plane of a buffer {@code [Z, 1, paddedHeight, paddedWidth]}.
   *
   * @param rows scratch for one row; see {@link #scratch}
   */
  void write(ByteBuffer luma, FloatBuffer into, int plane, Scratch rows) {
    int start = plane * paddedHeight * paddedWidth;
    byte[] bytes = rows.bytes();
    float[] floats = rows.floats();
    for (int y = 0; y < height; y++) {
      // Whole rows at a time: accessing single values of a direct buffer is slower than converting.
      luma.get(y * width, bytes, 0, width);
      for (int x = 0; x < width; x++) {
        floats[x] = UNIT[bytes[x] & 0xff];
      }
      Arrays.fill(floats, width, paddedWidth, floats[width - 1]);
      into.put(start + y * paddedWidth, floats, 0, paddedWidth);
    }
    for (int y = height; y < paddedHeight; y++) {
      into.put(start + y * paddedWidth, floats, 0, paddedWidth);
    }
  }

  /** One row of bytes and one of floats to work in. Not thread-safe. */
  record Scratch(byte[] bytes, float[] floats) {}

  /** Returns scratch memory for {@link #write}. */
  Scratch scratch() {
    return new Scratch(new byte[width], new float[paddedWidth]);
  }

  /** Copies an output without its padding. */
  void crop(FloatBuffer padded, FloatBuffer into) {
    for (int y = 0; y < height; y++) {
      into.put(y * width, padded, y * paddedWidth, width);
    }
  }
}
