package io.github.rackfocus.camera.simulated;

/**
 * The view of the scene at one time: the magnification, where the camera is, and the motion of the
 * solids. Distances in pixels are from the outer corner of the first pixel, so that its centre is
 * at 0.5.
 *
 * @param width in pixels
 * @param height in pixels
 * @param focalPixels focal length at the focus of this time, including breathing
 * @param centreX principal point from the left edge in pixels
 * @param centreY principal point from the top edge in pixels
 * @param pose place and direction of the camera
 * @param seconds scene time
 * @param swingMetres amplitude of the moving solids
 * @param swingHz frequency of the moving solids
 */
record View(
    int width,
    int height,
    double focalPixels,
    double centreX,
    double centreY,
    Pose pose,
    double seconds,
    double swingMetres,
    double swingHz) {

  /** Returns the normalised image coordinate of a distance from the left edge in pixels. */
  double x(double pixels) {
    return (pixels - centreX) / focalPixels;
  }

  /** Returns the normalised image coordinate of a distance from the top edge in pixels. */
  double y(double pixels) {
    return (pixels - centreY) / focalPixels;
  }

  /** Returns whether the camera is at rest. */
  boolean isAtRest() {
    return pose == Pose.STILL;
  }

  /** Returns the displacement of a solid to the right, in metres. */
  double shift(Solid solid) {
    return solid.moves()
        ? swingMetres * Math.sin(2 * Math.PI * swingHz * seconds + solid.swing())
        : 0;
  }

  /**
   * Returns the pixels that the bounding box of a solid covers.
   *
   * @return left, top, right and bottom, the latter two exclusive, clipped to the image and margin
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
      if (!isAtRest()) {
        pose.toCamera(point);
      }
      if (point[2] < 1e-3) {
        return new int[] {-margin, -margin, width + margin, height + margin};
      }
      for (int axis = 0; axis < 2; axis++) {
        double at = point[axis] / point[2] * focalPixels + (axis == 0 ? centreX : centreY);
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
