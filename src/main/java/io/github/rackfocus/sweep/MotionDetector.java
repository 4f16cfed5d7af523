package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Marks the cells of a frame in which the scene changed since the previous frame of the same plane.
 *
 * <p>Two frames focused at the same depth look alike unless something moved, so the means over
 * cells of 8 x 8 pixels are compared. A common change of brightness (flicker, exposure) is removed
 * by the ratio of the frames' means. For one thread.
 */
final class MotionDetector {
  private static final int CELL = CellMask.CELL;

  /**
   * Frames whose readings differ by more than this share of the plane distance are not compared.
   */
  private static final double SAME_FOCUS = 0.3;

  private final double threshold;
  private final float[][] means;
  private final double[] focus;
  private float[] scratch = new float[0];

  /**
   * @param threshold difference of cell means, luma 0 to 255, that counts as motion
   */
  MotionDetector(int planes, double threshold) {
    this.threshold = threshold;
    this.means = new float[planes][0];
    this.focus = new double[planes];
    forget();
  }

  void forget() {
    Arrays.fill(focus, Double.NaN);
  }

  /** Remembers a frame of a plane that was warped anew, without comparing it. */
  void remember(Frame frame, int plane) {
    CellMask mask = frame.changedCells();
    int cells = mask.columns() * mask.rows();
    if (means[plane].length != cells) {
      means[plane] = new float[cells];
    }
    cellMeans(frame, mask, means[plane]);
    focus[plane] = frame.focus().focus();
  }

  /**
   * Marks what changed since the plane's previous frame, and remembers this one.
   *
   * @param planeStep distance to the neighbouring plane, in the unit of focus
   */
  void compare(Frame frame, int plane, double planeStep) {
    CellMask mask = frame.changedCells();
    int cells = mask.columns() * mask.rows();
    if (scratch.length != cells) {
      scratch = new float[cells];
    }
    double total = cellMeans(frame, mask, scratch);
    float[] before = means[plane];
    double reading = frame.focus().focus();
    if (before.length == cells && Math.abs(reading - focus[plane]) <= SAME_FOCUS * planeStep) {
      mark(mask, before, total);
    }
    means[plane] = scratch;
    scratch = before;
    focus[plane] = reading;
  }

  private void mark(CellMask mask, float[] before, double total) {
    double totalBefore = 0;
    for (float mean : before) {
      totalBefore += mean;
    }
    double gain = totalBefore > 0 && total > 0 ? total / totalBefore : 1;
    for (int cell = 0; cell < before.length; cell++) {
      if (Math.abs(scratch[cell] - gain * before[cell]) > threshold) {
        mask.set(cell);
      }
    }
  }

  private static double cellMeans(Frame frame, CellMask mask, float[] into) {
    ByteBuffer luma = frame.luma();
    int width = frame.width();
    double total = 0;
    for (int row = 0; row < mask.rows(); row++) {
      int top = row * CELL;
      int bottom = Math.min(top + CELL, frame.height());
      for (int column = 0; column < mask.columns(); column++) {
        int left = column * CELL;
        int right = Math.min(left + CELL, width);
        int sum = 0;
        for (int y = top; y < bottom; y++) {
          for (int i = y * width + left; i < y * width + right; i++) {
            sum += luma.get(i) & 0xff;
          }
        }
        float mean = (float) sum / ((bottom - top) * (right - left));
        into[row * mask.columns() + column] = mean;
        total += mean;
      }
    }
    return total;
  }
}
