package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;
import java.util.Arrays;

/**
 * Tests whether sharpness still rises at one end of a sweep, so that the surface lies outside it.
 *
 * <p>A blur of radius r reduces the sharpness of a texture roughly as 1 / (c + r²), and r is
 * proportional to the focus distance from the surface. So the inverse sharpness of the three planes
 * at the end lies on a parabola over focus whose minimum is at the surface. A minimum beyond the
 * end plane by more than a margin is outside. For one thread.
 */
final class SharpnessTrend {
  private static final int PLANES = 3;

  /** In luma steps of 255; keeps the inverse of a blank cell finite and its slope flat. */
  private static final double NOISE_FLOOR = 0.5;

  private static final byte UNKNOWN = 0;
  private static final byte INSIDE = 1;
  private static final byte OUTSIDE = 2;

  private final boolean nearEnd;
  private final PlaneSharpness[] sharpness = new PlaneSharpness[PLANES];
  private final double[] distance = new double[PLANES];
  private double margin = Double.NaN;
  private int columns;
  private byte[] known = new byte[0];

  /**
   * @param nearEnd whether to test the nearest planes; otherwise the farthest
   */
  SharpnessTrend(boolean nearEnd) {
    this.nearEnd = nearEnd;
    for (int i = 0; i < PLANES; i++) {
      sharpness[i] = new PlaneSharpness();
    }
  }

  /**
   * Sets the stack to test, which must stay leased meanwhile.
   *
   * @param marginPlanes how far beyond the end plane the peak must be to count as outside, in
   *     distances of the end planes
   */
  void begin(FocalStack stack, double marginPlanes) {
    int end = nearEnd ? stack.planes() - 1 : 0;
    boolean changed = marginPlanes != margin;
    margin = marginPlanes;
    for (int i = 0; i < PLANES; i++) {
      int plane = nearEnd ? end - i : end + i;
      double apart = Math.abs(stack.focus(plane) - stack.focus(end));
      changed |= sharpness[i].begin(stack.frame(plane)) | apart != distance[i];
      distance[i] = apart;
    }
    if (changed) {
      columns = (stack.width() + CellMeans.CELL - 1) / CellMeans.CELL;
      int cells = columns * ((stack.height() + CellMeans.CELL - 1) / CellMeans.CELL);
      if (known.length != cells) {
        known = new byte[cells];
      }
      Arrays.fill(known, UNKNOWN);
    }
  }

  /** Whether the scene at a pixel lies outside the sweep. */
  boolean isOutside(int x, int y) {
    int cell = y / CellMeans.CELL * columns + x / CellMeans.CELL;
    if (known[cell] == UNKNOWN) {
      known[cell] = look(x, y) ? OUTSIDE : INSIDE;
    }
    return known[cell] == OUTSIDE;
  }

  private boolean look(int x, int y) {
    double inverse0 = 1 / (NOISE_FLOOR + sharpness[0].at(x, y));
    double inverse1 = 1 / (NOISE_FLOOR + sharpness[1].at(x, y));
    double inverse2 = 1 / (NOISE_FLOOR + sharpness[2].at(x, y));
    // Slope at the end plane and curvature of the parabola through (distance, inverse), inwards.
    double first = (inverse1 - inverse0) / distance[1];
    double second = (inverse2 - inverse1) / (distance[2] - distance[1]);
    double curvature = (second - first) / distance[2];
    double slope = first - curvature * distance[1];
    // Without a minimum (noise exceeds the blur) nothing indicates that the surface is outside.
    return slope > 0 && curvature > 0 && slope / (2 * curvature) > margin * distance[1];
  }
}
