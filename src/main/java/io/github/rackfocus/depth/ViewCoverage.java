package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * Tells which pixels the images of a stack saw. A frame that was warped into the stack's view is
 * filled up where its image ends; depth there would be invented. For one thread.
 */
final class ViewCoverage {
  private final Affine[] viewToImage = new Affine[FocusAxis.MAX_PLANES];
  private final int[] from = new int[FocusAxis.MAX_PLANES];
  private final int[] to = new int[FocusAxis.MAX_PLANES];
  private int planes;
  private int width;
  private int height;
  private boolean complete;

  /** Starts with a stack, whose frames must stay leased. */
  void begin(FocalStack stack) {
    planes = stack.planes();
    width = stack.width();
    height = stack.height();
    complete = true;
    for (int plane = 0; plane < planes; plane++) {
      viewToImage[plane] = stack.frame(plane).viewToImage();
      complete = complete && viewToImage[plane].isIdentity();
    }
  }

  /** Starts with a row of pixels. */
  void row(int y) {
    if (complete) {
      return;
    }
    for (int plane = 0; plane < planes; plane++) {
      spanOf(plane, y);
    }
  }

  /** Whether a pixel of the row was seen on a plane and on those beside it. */
  boolean sees(int plane, int x) {
    if (complete) {
      return true;
    }
    // Focus is judged by comparison with the neighbouring planes.
    int first = Math.max(0, plane - 1);
    int last = Math.min(planes - 1, plane + 1);
    for (int each = first; each <= last; each++) {
      if (x < from[each] || x >= to[each]) {
        return false;
      }
    }
    return true;
  }

  /** The pixels of a row that an affine transform puts into an image are an interval. */
  private void spanOf(int plane, int y) {
    Affine transform = viewToImage[plane];
    double left = 0;
    double right = width - 1.0;
    double startX = transform.x(0, y);
    double startY = transform.y(0, y);
    // Half a pixel beyond the outermost centres is still within their area.
    left = Math.max(left, lowest(startX, transform.xx(), -0.5, width - 0.5));
    right = Math.min(right, highest(startX, transform.xx(), -0.5, width - 0.5));
    left = Math.max(left, lowest(startY, transform.yx(), -0.5, height - 0.5));
    right = Math.min(right, highest(startY, transform.yx(), -0.5, height - 0.5));
    from[plane] = (int) Math.ceil(Math.min(left, width));
    to[plane] = (int) Math.floor(Math.max(right, -1)) + 1;
  }

  private static double lowest(double start, double step, double least, double most) {
    if (Math.abs(step) < 1e-12) {
      return start >= least && start <= most ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return Math.min((least - start) / step, (most - start) / step);
  }

  private static double highest(double start, double step, double least, double most) {
    if (Math.abs(step) < 1e-12) {
      return start >= least && start <= most ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return Math.max((least - start) / step, (most - start) / step);
  }
}
