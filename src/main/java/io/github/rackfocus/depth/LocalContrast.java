package io.github.rackfocus.depth;

import java.nio.FloatBuffer;

/**
 * How much texture an image has around a pixel: the mean absolute difference between neighbouring
 * pixels, along rows and columns, over cells of 4 x 4 pixels averaged over 3 x 3 cells. Keeps its
 * arrays between images; for one thread.
 */
final class LocalContrast {
  private static final int CELL = 4;

  private int columns;
  private int rows;
  private float[] cells = new float[0];
  private float[] smooth = new float[0];

  /** Measures an image of luma, {@code height * width}. */
  void measure(FloatBuffer luma, int width, int height) {
    columns = (width + CELL - 1) / CELL;
    rows = (height + CELL - 1) / CELL;
    if (cells.length != columns * rows) {
      cells = new float[columns * rows];
      smooth = new float[columns * rows];
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        cells[row * columns + column] = cell(luma, width, height, column * CELL, row * CELL);
      }
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        smooth[row * columns + column] = meanAround(column, row);
      }
    }
  }

  /** Contrast around a pixel of the image measured last, luma 0 to 1. */
  float at(int x, int y) {
    return smooth[y / CELL * columns + x / CELL];
  }

  private static float cell(FloatBuffer luma, int width, int height, int left, int top) {
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
    return count == 0 ? 0 : sum / count;
  }

  private float meanAround(int column, int row) {
    float sum = 0;
    int count = 0;
    for (int y = Math.max(row - 1, 0); y <= Math.min(row + 1, rows - 1); y++) {
      for (int x = Math.max(column - 1, 0); x <= Math.min(column + 1, columns - 1); x++) {
        sum += cells[y * columns + x];
        count++;
      }
    }
    return sum / count;
  }
}
