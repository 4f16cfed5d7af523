package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whether sharpness is still rising at the end of a sweep, so that what is seen there lies outside
 * it.
 *
 * <p>Around a pixel the modified Laplacian (Nayar and Nakagawa, PAMI 1994), averaged over 12 x 12
 * pixels, is taken on the three planes at the end; a parabola through its logarithm over focus
 * tells where the peak would be. Beyond the end plane by more than a margin, or without a peak
 * while rising, is outside. Computed once for each cell of 4 x 4 pixels that asks; for one thread.
 */
final class SharpnessTrend {
  private static final int CELL = 4;
  private static final int REACH = 4;
  private static final byte UNKNOWN = 0;
  private static final byte OUTSIDE = 1;
  private static final byte INSIDE = 2;
  private static final double NOISE_FLOOR = 0.5;

  private final byte[][] answers = {new byte[0], new byte[0]};
  private int columns;

  /** Forgets the answers for the stack before; call it once for each stack. */
  void begin(FocalStack stack) {
    columns = (stack.width() + CELL - 1) / CELL;
    int cells = columns * ((stack.height() + CELL - 1) / CELL);
    for (int end = 0; end < 2; end++) {
      if (answers[end].length != cells) {
        answers[end] = new byte[cells];
      } else {
        Arrays.fill(answers[end], UNKNOWN);
      }
    }
  }

  /**
   * Whether the scene at a pixel lies outside the sweep.
   *
   * @param nearEnd the nearest plane's end, else the farthest's
   * @param marginPlanes how far beyond the end plane the peak must be, in steps of the end planes
   */
  boolean isOutside(FocalStack stack, boolean nearEnd, int x, int y, double marginPlanes) {
    byte[] known = answers[nearEnd ? 1 : 0];
    int cell = y / CELL * columns + x / CELL;
    if (known[cell] == UNKNOWN) {
      boolean outside = decide(stack, nearEnd, x / CELL * CELL, y / CELL * CELL, marginPlanes);
      known[cell] = outside ? OUTSIDE : INSIDE;
    }
    return known[cell] == OUTSIDE;
  }

  private static boolean decide(
      FocalStack stack, boolean nearEnd, int left, int top, double margin) {
    int end = nearEnd ? stack.planes() - 1 : 0;
    int inward = nearEnd ? -1 : 1;
    double[] log = new double[3];
    double[] distance = new double[3];
    for (int i = 0; i < 3; i++) {
      int plane = end + i * inward;
      log[i] = Math.log(NOISE_FLOOR + laplacian(stack.frame(plane), left, top));
      distance[i] = Math.abs(stack.focus(plane) - stack.focus(end));
    }
    // Slope at the end plane and curvature of the parabola through (distance, log), inwards.
    double first = (log[1] - log[0]) / distance[1];
    double second = (log[2] - log[1]) / (distance[2] - distance[1]);
    double curvature = (second - first) / distance[2];
    double slope = first - curvature * distance[1];
    if (slope >= 0) {
      return false;
    }
    if (curvature >= 0) {
      return true;
    }
    double peak = -slope / (2 * curvature);
    return -peak > margin * distance[1];
  }

  private static double laplacian(Frame frame, int left, int top) {
    ByteBuffer luma = frame.luma();
    int width = frame.width();
    int x0 = Math.max(left - REACH, 1);
    int x1 = Math.min(left + CELL + REACH, width - 1);
    int y0 = Math.max(top - REACH, 1);
    int y1 = Math.min(top + CELL + REACH, frame.height() - 1);
    long sum = 0;
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        int i = y * width + x;
        int twice = 2 * (luma.get(i) & 0xff);
        sum += Math.abs(twice - (luma.get(i - 1) & 0xff) - (luma.get(i + 1) & 0xff));
        sum += Math.abs(twice - (luma.get(i - width) & 0xff) - (luma.get(i + width) & 0xff));
      }
    }
    return (double) sum / Math.max(1, (x1 - x0) * (y1 - y0));
  }
}
