package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/**
 * Whether sharpness is still rising at one end of a sweep, so that what is seen there lies outside
 * it.
 *
 * <p>A blur of radius r damps the sharpness of a texture about as 1 / (c + r²), and r grows in
 * proportion to the distance from the surface in focus: so the inverse of the sharpness on the
 * three planes at the end lies on a parabola over focus, whose lowest point is where the surface
 * is. Beyond the end plane by more than a margin is outside. For one thread.
 */
final class SharpnessTrend {
  private static final int PLANES = 3;

  /** Of 255; keeps the inverse of a blank cell finite and its slope flat. */
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
    double inverse0 = 1 / (NOISE_FLOOR + sharpness[0].at(x, y));
    double inverse1 = 1 / (NOISE_FLOOR + sharpness[1].at(x, y));
    double inverse2 = 1 / (NOISE_FLOOR + sharpness[2].at(x, y));
    // Slope at the end plane and curvature of the parabola through (distance, inverse), inwards.
    double first = (inverse1 - inverse0) / distance[1];
    double second = (inverse2 - inverse1) / (distance[2] - distance[1]);
    double curvature = (second - first) / distance[2];
    double slope = first - curvature * distance[1];
    // Without a lowest point (noise outweighs the blur) nothing says that the surface is outside.
    return slope > 0 && curvature > 0 && slope / (2 * curvature) > margin * distance[1];
  }
}
