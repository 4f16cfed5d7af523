package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/**
 * Whether sharpness is still rising at one end of a sweep, so that what is seen there lies outside
 * it.
 *
 * <p>A parabola through the logarithm of the sharpness on the three planes at the end, over focus,
 * tells where the peak would be. Beyond the end plane by more than a margin, or rising without a
 * peak, is outside. For one thread.
 */
final class SharpnessTrend {
  private static final int PLANES = 3;

  /** Of 255; keeps the logarithm of a blank cell finite and its slope flat. */
  private static final double NOISE_FLOOR = 0.5;

  private final boolean nearEnd;
  private final PlaneSharpness[] sharpness = new PlaneSharpness[PLANES];
  private final double[] distance = new double[PLANES];

  /**
   * @param nearEnd whether the nearest planes are looked at, else the farthest
   */
  SharpnessTrend(boolean nearEnd) {
    this.nearEnd = nearEnd;
    for (int i = 0; i < PLANES; i++) {
      sharpness[i] = new PlaneSharpness();
    }
  }

  /** Looks at this stack from now on, which stays leased meanwhile. */
  void begin(FocalStack stack) {
    int end = nearEnd ? stack.planes() - 1 : 0;
    for (int i = 0; i < PLANES; i++) {
      int plane = nearEnd ? end - i : end + i;
      sharpness[i].begin(stack.frame(plane));
      distance[i] = Math.abs(stack.focus(plane) - stack.focus(end));
    }
  }

  /**
   * Whether the scene at a pixel lies outside the sweep.
   *
   * @param margin how far beyond the end plane the peak must be, in steps of the end planes
   */
  boolean isOutside(int x, int y, double margin) {
    double log0 = Math.log(NOISE_FLOOR + sharpness[0].at(x, y));
    double log1 = Math.log(NOISE_FLOOR + sharpness[1].at(x, y));
    double log2 = Math.log(NOISE_FLOOR + sharpness[2].at(x, y));
    // Slope at the end plane and curvature of the parabola through (distance, log), inwards.
    double first = (log1 - log0) / distance[1];
    double second = (log2 - log1) / (distance[2] - distance[1]);
    double curvature = (second - first) / distance[2];
    double slope = first - curvature * distance[1];
    if (slope >= 0) {
      return false;
    }
    return curvature >= 0 || slope / (2 * curvature) > margin * distance[1];
  }
}
