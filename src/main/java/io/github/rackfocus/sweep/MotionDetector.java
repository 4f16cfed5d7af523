package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Marks the cells of a frame in which the scene changed since the previous frame of the same plane.
 *
 * <p>Two frames focused at the same depth look alike unless something moved, so the means over
 * cells of 8 x 8 pixels are compared. A common change of brightness (flicker, exposure) is removed
 * by the ratio of the frames' means. Frames are compared after registration, whose remaining error
 * is allowed for in proportion to the contrast around a cell; cells that a frame did not see are
 * not compared. For one thread.
 */
final class MotionDetector {
  private static final int CELL = CellMask.CELL;

  /**
   * Frames whose readings differ by more than this share of the plane distance are not compared.
   */
  private static final double SAME_FOCUS = 0.3;

  /**
   * Remaining error of the registration of a frame that was warped: pixels, and relative to its
   * width; the larger counts.
   */
  private static final double MISREGISTRATION_PIXELS = 0.75;

  private static final double MISREGISTRATION_SHARE = 0.0024;

  private final double threshold;
  private final float[][] means;
  private final double[] focus;
  private final boolean[] warped;
  private float[] scratch = new float[0];

  /**
   * @param threshold difference of cell means, luma 0 to 255, that counts as motion
   */
  MotionDetector(int planes, double threshold) {
    this.threshold = threshold;
    this.means = new float[planes][0];
    this.focus = new double[planes];
    this.warped = new boolean[planes];
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
    warped[plane] = !frame.viewToImage().isIdentity();
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
    cellMeans(frame, mask, scratch);
    float[] before = means[plane];
    boolean isWarped = !frame.viewToImage().isIdentity();
    double reading = frame.focus().focus();
    if (before.length == cells && Math.abs(reading - focus[plane]) <= SAME_FOCUS * planeStep) {
      double error = Math.max(MISREGISTRATION_PIXELS, MISREGISTRATION_SHARE * frame.width());
      mark(mask, before, isWarped || warped[plane] ? error : 0);
    }
    warped[plane] = isWarped;
    means[plane] = scratch;
    scratch = before;
    focus[plane] = reading;
  }

  private void mark(CellMask mask, float[] before, double misregistration) {
    double total = 0;
    double totalBefore = 0;
    for (int cell = 0; cell < before.length; cell++) {
      if (!Float.isNaN(scratch[cell] - before[cell])) {
        total += scratch[cell];
        totalBefore += before[cell];
      }
    }
    double gain = totalBefore > 0 && total > 0 ? total / totalBefore : 1;
    double allowed = misregistration / CELL;
    for (int cell = 0; cell < before.length; cell++) {
      double change = Math.abs(scratch[cell] - gain * before[cell]);
      if (change > threshold
          && (allowed == 0 || change > threshold + allowed * contrast(mask, before, cell))) {
        mask.set(cell);
      }
    }
  }

  /** Largest difference between a cell and one next to it. */
  private static float contrast(CellMask mask, float[] of, int cell) {
    int column = cell % mask.columns();
    int row = cell / mask.columns();
    float most = 0;
    for (int y = Math.max(0, row - 1); y <= Math.min(mask.rows() - 1, row + 1); y++) {
      for (int x = Math.max(0, column - 1); x <= Math.min(mask.columns() - 1, column + 1); x++) {
        float difference = Math.abs(of[y * mask.columns() + x] - of[cell]);
        most = difference > most ? difference : most; // Passes over NaN.
      }
    }
    return most;
  }

  /** Means of the cells; NaN for those that the frame did not see whole. */
  private static void cellMeans(Frame frame, CellMask mask, float[] into) {
    Affine viewToImage = frame.viewToImage();
    boolean whole = viewToImage.isIdentity();
    ByteBuffer luma = frame.luma();
    int width = frame.width();
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
        boolean seen =
            whole
                || viewToImage.mapsInto(
                    left, top, right, bottom, frame.width() - 1.0, frame.height() - 1.0);
        into[row * mask.columns() + column] =
            seen ? (float) sum / ((bottom - top) * (right - left)) : Float.NaN;
      }
    }
  }
}
