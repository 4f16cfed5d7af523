package io.github.rackfocus.eval;

import java.util.Arrays;

/**
 * The pixels near depth steps of a true depth map: within a square of {@value #REACH} pixels to
 * each side of two neighbours whose true depths differ by more than {@value #STEP_PLANES} planes.
 */
final class DepthSteps {
  static final int REACH = 4;
  static final double STEP_PLANES = 0.5;

  private DepthSteps() {}

  /**
   * Finds them.
   *
   * @param planes true depth per pixel as a plane number, row by row; NaN if unknown, which is no
   *     step
   * @return whether each pixel is near a step
   */
  static boolean[] near(double[] planes, int width) {
    int height = planes.length / width;
    boolean[] steps = new boolean[planes.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        if (x + 1 < width && differ(planes[at], planes[at + 1])) {
          steps[at] = true;
          steps[at + 1] = true;
        }
        if (y + 1 < height && differ(planes[at], planes[at + width])) {
          steps[at] = true;
          steps[at + width] = true;
        }
      }
    }
    return widened(widened(steps, width, 1), width, width);
  }

  private static boolean differ(double one, double other) {
    return Math.abs(one - other) > STEP_PLANES;
  }

  /** Widens along rows (stride 1) or columns (stride of a row). */
  private static boolean[] widened(boolean[] steps, int width, int stride) {
    boolean[] wide = new boolean[steps.length];
    for (int at = 0; at < steps.length; at++) {
      if (!steps[at]) {
        continue;
      }
      if (stride == 1) {
        int row = at - at % width;
        int from = Math.max(row, at - REACH);
        Arrays.fill(wide, from, Math.min(row + width, at + REACH + 1), true);
      } else {
        int end = Math.min(steps.length - 1, at + REACH * stride);
        for (int to = Math.max(at % stride, at - REACH * stride); to <= end; to += stride) {
          wide[to] = true;
        }
      }
    }
    return wide;
  }
}
