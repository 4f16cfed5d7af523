package io.github.rackfocus.depth;

import java.nio.FloatBuffer;

/**
 * How much texture an image has around a pixel: the mean absolute difference between neighbouring
 * pixels, along rows and columns.
 */
final class LocalContrast extends CellMeans {
  private FloatBuffer luma = FloatBuffer.allocate(0);
  private int width;
  private int height;

  /** Measures this image from now on: {@code height * width}, luma 0 to 1. */
  void begin(FloatBuffer image, int imageWidth, int imageHeight) {
    luma = image;
    width = imageWidth;
    height = imageHeight;
    reset(imageWidth, imageHeight);
  }

  @Override
  float measure(int left, int top) {
    int right = Math.min(left + CELL, width);
    int bottom = Math.min(top + CELL, height);
    float sum = 0;
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int i = y * width + x;
        float here = luma.get(i);
        if (x + 1 < width) {
          sum += Math.abs(luma.get(i + 1) - here);
          count++;
        }
        if (y + 1 < height) {
          sum += Math.abs(luma.get(i + width) - here);
          count++;
        }
      }
    }
    // A NaN from a broken model is no texture.
    return count == 0 || Float.isNaN(sum) ? 0 : sum / count;
  }
}
