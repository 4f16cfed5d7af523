package io.github.rackfocus.depth;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Mean absolute difference between neighbouring pixels of an image of luma 0 to 1. */
final class LocalContrast extends CellMeans {
  private FloatBuffer luma = FloatBuffer.allocate(0);
  private int width;
  private int height;
  private float[] here = new float[0];
  private float[] below = new float[0];
  private float[] sums = new float[0];

  /** Sets the image to measure: {@code height * width}, luma 0 to 1. */
  void begin(FloatBuffer image, int imageWidth, int imageHeight) {
    luma = image;
    height = imageHeight;
    if (width != imageWidth) {
      width = imageWidth;
      here = new float[width];
      below = new float[width];
      sums = new float[width];
    }
    reset(imageWidth, imageHeight);
  }

  @Override
  void measureRow(int top, float[] into, int at) {
    Arrays.fill(sums, 0);
    int bottom = Math.min(top + CELL, height);
    luma.get(top * width, here);
    for (int y = top; y < bottom; y++) {
      addAcross();
      if (y + 1 < height) {
        luma.get((y + 1) * width, below);
        addDown();
        float[] swap = here;
        here = below;
        below = swap;
      }
    }
    int rowsDown = Math.min(bottom, height - 1) - top;
    for (int left = 0; left < width; left += CELL) {
      int right = Math.min(left + CELL, width);
      float sum = 0;
      for (int x = left; x < right; x++) {
        sum += sums[x];
      }
      int count = (bottom - top) * (Math.min(right, width - 1) - left) + rowsDown * (right - left);
      // A NaN from a broken model counts as no texture.
      into[at + left / CELL] = count == 0 || Float.isNaN(sum) ? 0 : sum / count;
    }
  }

  private void addAcross() {
    for (int x = 0; x + 1 < width; x++) {
      sums[x] += Math.abs(here[x + 1] - here[x]);
    }
  }

  private void addDown() {
    for (int x = 0; x < width; x++) {
      sums[x] += Math.abs(below[x] - here[x]);
    }
  }
}
