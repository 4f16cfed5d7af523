package io.github.rackfocus.frame;

import java.util.Arrays;

/**
 * One bit for every cell of 8 x 8 pixels of an image. Cells at the right and lower border may be
 * smaller. Not thread-safe while it is written.
 */
public final class CellMask {
  /** Pixels along the side of a cell. */
  public static final int CELL = 8;

  private final int columns;
  private final int rows;
  private final long[] bits;

  /** Creates a mask with no cell set. */
  public CellMask(int width, int height) {
    this.columns = (width + CELL - 1) / CELL;
    this.rows = (height + CELL - 1) / CELL;
    this.bits = new long[(columns * rows + 63) / 64];
  }

  /** Cells in a row. */
  public int columns() {
    return columns;
  }

  /** Rows of cells. */
  public int rows() {
    return rows;
  }

  /** Whether the cell that contains a pixel is set. */
  public boolean atPixel(int x, int y) {
    return isSet(y / CELL * columns + x / CELL);
  }

  /** Whether a cell is set; cells are counted row by row. */
  public boolean isSet(int cell) {
    return (bits[cell >> 6] & (1L << (cell & 63))) != 0;
  }

  /** Sets a cell. */
  public void set(int cell) {
    bits[cell >> 6] |= 1L << (cell & 63);
  }

  /** Clears all cells. */
  public void clear() {
    Arrays.fill(bits, 0);
  }

  /** Sets the cells that are set in another mask of the same size. */
  public void or(CellMask other) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] |= other.bits[i];
    }
  }

  /**
   * Sets the cells that lie over set cells of a mask of another view.
   *
   * @param from mask of the same size
   * @param toThat transform from pixels of this mask's view to pixels of that of {@code from}
   */
  public void orWarped(CellMask from, Affine toThat) {
    if (from.count() == 0) {
      return;
    }
    int width = columns * CELL;
    int height = rows * CELL;
    for (int cell = 0; cell < columns * rows; cell++) {
      int left = cell % columns * CELL;
      int top = cell / columns * CELL;
      for (int point = 0; point < 4 && !isSet(cell); point++) {
        int x = left + ((point & 1) == 0 ? 1 : CELL - 2);
        int y = top + ((point & 2) == 0 ? 1 : CELL - 2);
        double thatX = toThat.x(x, y);
        double thatY = toThat.y(x, y);
        if (thatX >= 0
            && thatX < width
            && thatY >= 0
            && thatY < height
            && from.atPixel((int) thatX, (int) thatY)) {
          set(cell);
        }
      }
    }
  }

  /** Number of cells that are set. */
  public int count() {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    return count;
  }
}
