package io.github.rackfocus.camera.simulated;

/**
 * How the scene is seen in one frame: magnification, and where what moves has got to.
 *
 * @param width pixels in a row
 * @param height rows
 * @param focalPixels focal length at this frame's focus, breathing included
 * @param seconds scene time
 * @param swingMetres amplitude of what moves
 * @param swingHz its frequency
 */
record View(
    int width, int height, double focalPixels, double seconds, double swingMetres, double swingHz) {

  /** Normalised image coordinate of a place across, in pixels from the left edge. */
  double x(double pixels) {
    return (pixels - width / 2.0) / focalPixels;
  }

  /** Normalised image coordinate of a place down, in pixels from the top edge. */
  double y(double pixels) {
    return (pixels - height / 2.0) / focalPixels;
  }

  /** How far a solid has moved along the bench. */
  double shift(Solid solid) {
    return solid.moves()
        ? swingMetres * Math.sin(2 * Math.PI * swingHz * seconds + solid.swing())
        : 0;
  }

  /**
   * The pixels that a solid can cover, by the corners of the box around it.
   *
   * @return left, top, right and bottom, the latter two exclusive, within the margin
   */
  int[] bounds(Scene scene, Solid solid, int margin) {
    double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] point = new double[3];
    Shape shape = solid.shape();
    for (int corner = 0; corner < 8; corner++) {
      solid.toBench(
          (corner & 1) == 0 ? -shape.halfU() : shape.halfU(),
          (corner & 2) == 0 ? -shape.halfV() : shape.halfV(),
          (corner & 4) == 0 ? 0 : shape.height(),
          shift(solid),
          point);
      scene.toCamera(point);
      if (point[2] < 1e-3) {
        return new int[] {-margin, -margin, width + margin, height + margin};
      }
      for (int axis = 0; axis < 2; axis++) {
        double at = point[axis] / point[2] * focalPixels + (axis == 0 ? width : height) / 2.0;
        low[axis] = Math.min(low[axis], at);
        high[axis] = Math.max(high[axis], at);
      }
    }
    return new int[] {
      (int) Math.max(-margin, Math.floor(low[0])),
      (int) Math.max(-margin, Math.floor(low[1])),
      (int) Math.min(width + margin, Math.ceil(high[0])),
      (int) Math.min(height + margin, Math.ceil(high[1]))
    };
  }
}
