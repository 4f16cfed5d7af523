package io.github.rackfocus.camera.simulated;

/** Soft shadows of the static solids on the bench, by image coordinates. Immutable. */
final class Shadow {
  private static final int COLUMNS = 192;
  private static final int ROWS = 144;

  private final float[] share = new float[COLUMNS * ROWS];
  private final double left;
  private final double top;
  private final double perX;
  private final double perY;

  /**
   * @param halfWidth greatest normalised image coordinate to cover horizontally
   * @param halfHeight greatest normalised image coordinate to cover vertically
   */
  Shadow(Scene scene, double halfWidth, double halfHeight) {
    left = -halfWidth;
    top = -halfHeight;
    perX = (COLUMNS - 1) / (2 * halfWidth);
    perY = (ROWS - 1) / (2 * halfHeight);
    Shape.Ray ray = new Shape.Ray();
    Shape.Ray own = new Shape.Ray();
    Shape.Hit hit = new Shape.Hit();
    for (int row = 0; row < ROWS; row++) {
      double y = top + row / perY;
      double depth = scene.benchDepth(y);
      if (!(depth > 0)) {
        continue;
      }
      for (int column = 0; column < COLUMNS; column++) {
        scene.ray(left + column / perX, y, ray);
        share[row * COLUMNS + column] =
            (float) scene.lamplight(depth * ray.du, depth * ray.dv, ray, own, hit);
      }
    }
  }

  /** Returns the share of the lamp visible at a normalised image coordinate, 0 to 1. */
  double at(double x, double y) {
    double column = Math.min(Math.max((x - left) * perX, 0), COLUMNS - 1.001);
    double row = Math.min(Math.max((y - top) * perY, 0), ROWS - 1.001);
    int at = (int) row * COLUMNS + (int) column;
    double fx = column - (int) column;
    double fy = row - (int) row;
    return (share[at] * (1 - fx) + share[at + 1] * fx) * (1 - fy)
        + (share[at + COLUMNS] * (1 - fx) + share[at + COLUMNS + 1] * fx) * fy;
  }
}
