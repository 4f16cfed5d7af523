package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.common.NumberFormats;

/**
 * How points of one frame's image lie in another frame's image: the true motion by breathing, drift
 * of the image centre and the camera's pose. It holds for what stands still in the scene.
 *
 * <p>Image coordinates are x to the right and y down with pixel centres at integers: (0, 0) is the
 * centre of the first pixel, as in OpenCV and ROS. Depth is along the optical axis of the frame
 * that the point is given in, as in {@link SimulatedCamera#groundTruth}. With a rolling shutter
 * each row has the view of its own exposure. Immutable and thread-safe.
 */
public final class TrueWarp {
  private static final int MAX_ROUNDS = 30;
  private static final double ROW_TOLERANCE = 1e-7;

  private final CameraState state;
  private final boolean rolling;
  private final long from;
  private final long to;
  private final boolean depthFree;

  TrueWarp(SimulatedCameraConfig config, CameraState state, long from, long to) {
    this.state = state;
    this.rolling = config.shutter().isRolling();
    this.from = from;
    this.to = to;
    CameraMotionConfig motion = config.motion();
    this.depthFree =
        from == to || (motion.shakeMillimetres() == 0 && motion.travelMetresPerSecond() == 0);
  }

  /** Returns whether the camera only turned, so that depth does not matter. */
  public boolean isDepthFree() {
    return depthFree;
  }

  /**
   * Maps a point of the first frame to the second frame.
   *
   * @param x column in the first frame, may be outside the image
   * @param y row in the first frame, may be outside the image
   * @param depthMetres depth of the point in the first frame, above 0
   * @return column, row and depth in metres in the second frame; the point may be outside the
   *     image, and something nearer may hide it there
   * @throws IllegalArgumentException if depth is not above 0, or the point is behind the second
   *     camera
   */
  public double[] map(double x, double y, double depthMetres) {
    if (!(depthMetres > 0 && depthMetres < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "depth is " + depthMetres + "; expected a finite number above 0 m");
    }
    View start = state.view(from, y);
    double[] point = {start.x(x + 0.5) * depthMetres, start.y(y + 0.5) * depthMetres, depthMetres};
    start.pose().toRest(point);
    double row = y;
    for (int round = 0; ; round++) {
      double[] mapped = project(state.view(to, row), point);
      // The row decides when the point is seen, and that decides the row; the image moves by far
      // less than a row in the time of a row, so that this converges.
      if (!rolling || Math.abs(mapped[1] - row) < ROW_TOLERANCE || round == MAX_ROUNDS) {
        return mapped;
      }
      row = mapped[1];
    }
  }

  private static double[] project(View view, double[] rest) {
    double[] point = rest.clone();
    view.pose().toCamera(point);
    if (!(point[2] > 0)) {
      throw new IllegalArgumentException(
          "the point is " + NumberFormats.plain(-point[2]) + " m behind the second camera");
    }
    return new double[] {
      point[0] / point[2] * view.focalPixels() + view.centreX() - 0.5,
      point[1] / point[2] * view.focalPixels() + view.centreY() - 0.5,
      point[2]
    };
  }

  /**
   * Returns the homography that maps homogeneous points (x, y, 1) of the first frame to the second,
   * row by row, with its last element 1.
   *
   * @throws IllegalStateException if there is none: the camera's place changed, or the shutter
   *     rolls
   */
  public double[] homography() {
    if (!depthFree || rolling) {
      throw new IllegalStateException(
          rolling
              ? "a rolling shutter has no homography; use map(x, y, depth)"
              : "the camera changed its place, so that motion depends on depth; use map(x, y,"
                  + " depth)");
    }
    View start = state.view(from, 0);
    View end = state.view(to, 0);
    double[] h = new double[9];
    // The images of the directions (1, 0, 0), (0, 1, 0) and of pixel (0, 0).
    double[][] directions = {
      {1 / start.focalPixels(), 0, 0},
      {0, 1 / start.focalPixels(), 0},
      {start.x(0.5), start.y(0.5), 1}
    };
    for (int column = 0; column < 3; column++) {
      double[] d = directions[column];
      double[] turned = new double[3];
      for (int axis = 0; axis < 3; axis++) {
        turned[axis] = start.pose().direction(axis, d[0], d[1], d[2]) + end.pose().place(axis);
      }
      end.pose().toCamera(turned);
      h[column] = turned[0] * end.focalPixels() + turned[2] * (end.centreX() - 0.5);
      h[3 + column] = turned[1] * end.focalPixels() + turned[2] * (end.centreY() - 0.5);
      h[6 + column] = turned[2];
    }
    for (int i = 0; i < 9; i++) {
      h[i] /= i == 8 ? 1 : h[8];
    }
    h[8] = 1;
    return h;
  }
}
