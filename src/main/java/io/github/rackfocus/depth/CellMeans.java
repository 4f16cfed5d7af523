package io.github.rackfocus.depth;

import java.util.Arrays;

/**
 * A measure of an image over cells of 4 x 4 pixels, averaged over 3 x 3 cells, computed one row of
 * cells at a time on first use and kept until the next image. For one thread.
 */
abstract class CellMeans {
  static final int CELL = 4;

  private int columns;
  private int rows;
  private float[] cells = new float[0];
  private float[] means = new float[0];
  private boolean[] measured = new boolean[0];
  private boolean[] averaged = new boolean[0];

  /** Discards the previous image. */
  final void reset(int width, int height) {
    columns = (width + CELL - 1) / CELL;
    rows = (height + CELL - 1) / CELL;
    if (cells.length != columns * rows) {
      cells = new float[columns * rows];
      means = new float[columns * rows];
    }
    if (measured.length != rows) {
      measured = new boolean[rows];
      averaged = new boolean[rows];
    }
    Arrays.fill(measured, false);
    Arrays.fill(averaged, false);
  }

  /** Returns the measure around a pixel. */
  final float at(int x, int y) {
    int row = y / CELL;
    if (!averaged[row]) {
      average(row);
    }
    return means[row * columns + x / CELL];
  }

  /**
   * Measures a row of cells; those at the border may be smaller.
   *
   * @param top first row of pixels of the cells
   * @param into receives the values, never NaN, from {@code at} on
   */
  abstract void measureRow(int top, float[] into, int at);

  private void average(int row) {
    int from = Math.max(row - 1, 0);
    int to = Math.min(row + 1, rows - 1);
    for (int each = from; each <= to; each++) {
      if (!measured[each]) {
        measured[each] = true;
        measureRow(each * CELL, cells, each * columns);
      }
    }
    averaged[row] = true;
    for (int column = 0; column < columns; column++) {
      int left = Math.max(column - 1, 0);
      int right = Math.min(column + 1, columns - 1);
      float sum = 0;
      for (int y = from; y <= to; y++) {
        for (int x = left; x <= right; x++) {
          sum += cells[y * columns + x];
        }
      }
      means[row * columns + column] = sum / ((to - from + 1) * (right - left + 1));
    }
  }
}
