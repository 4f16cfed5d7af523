package io.github.rackfocus.depth;

import java.util.Arrays;

/**
 * A measure of an image over cells of 4 x 4 pixels, averaged over 3 x 3 cells, computed where and
 * when it is asked for and kept until the next image. For one thread.
 */
abstract class CellMeans {
  static final int CELL = 4;

  private int columns;
  private int rows;
  private float[] cells = new float[0];
  private float[] means = new float[0];

  /** Forgets the image before. */
  final void reset(int width, int height) {
    columns = (width + CELL - 1) / CELL;
    rows = (height + CELL - 1) / CELL;
    if (cells.length != columns * rows) {
      cells = new float[columns * rows];
      means = new float[columns * rows];
    }
    Arrays.fill(cells, Float.NaN);
    Arrays.fill(means, Float.NaN);
  }

  /** The measure around a pixel. */
  final float at(int x, int y) {
    int column = x / CELL;
    int row = y / CELL;
    int index = row * columns + column;
    if (Float.isNaN(means[index])) {
      means[index] = meanAround(column, row);
    }
    return means[index];
  }

  /** Measures one cell; a cell at the border may be smaller. Never NaN. */
  abstract float measure(int left, int top);

  private float meanAround(int column, int row) {
    float sum = 0;
    int count = 0;
    for (int y = Math.max(row - 1, 0); y <= Math.min(row + 1, rows - 1); y++) {
      for (int x = Math.max(column - 1, 0); x <= Math.min(column + 1, columns - 1); x++) {
        int index = y * columns + x;
        if (Float.isNaN(cells[index])) {
          cells[index] = measure(x * CELL, y * CELL);
        }
        sum += cells[index];
        count++;
      }
    }
    return sum / count;
  }
}
