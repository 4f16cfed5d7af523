package io.github.rackfocus.calibrate;

/**
 * Projection of a point of the board: pinhole, distortion of Brown (k1, k2, p1, p2, k3; Heikkilä
 * and Silvén 1997, in OpenCV's order), and the breathing of the lens.
 */
final class CameraModel {
  private CameraModel() {}

  /**
   * Projects a point into the reference view.
   *
   * @param pose rotation matrix row by row and translation, metres, as {@link #pose} makes it
   * @param out receives column and row, pixels
   */
  static void project(double[] shared, double[] pose, double x, double y, double[] out) {
    double depth = depth(pose, x, y);
    double u = (pose[0] * x + pose[1] * y + pose[9]) / depth;
    double v = (pose[3] * x + pose[4] * y + pose[10]) / depth;
    double square = u * u + v * v;
    double radial =
        1
            + square
                * (Parameter.K1.in(shared)
                    + square * (Parameter.K2.in(shared) + square * Parameter.K3.in(shared)));
    double p1 = Parameter.P1.in(shared);
    double p2 = Parameter.P2.in(shared);
    double du = u * radial + 2 * p1 * u * v + p2 * (square + 2 * u * u);
    double dv = v * radial + p1 * (square + 2 * v * v) + 2 * p2 * u * v;
    out[0] = Parameter.FX.in(shared) * du + Parameter.CX.in(shared);
    out[1] = Parameter.FY.in(shared) * dv + Parameter.CY.in(shared);
  }

  /** Returns the depth of a point of the board along the optical axis, metres. */
  static double depth(double[] pose, double x, double y) {
    return pose[6] * x + pose[7] * y + pose[11];
  }

  /**
   * Moves a pixel of the reference view to where it is at another focus.
   *
   * @param delta focus minus the reference focus, dioptres
   * @param pixel column and row, changed in place
   */
  static void breathe(double[] shared, double delta, double[] pixel) {
    double growth =
        delta * (Parameter.SCALE.in(shared) + delta * Parameter.SCALE_SQUARED.in(shared));
    pixel[0] +=
        growth * (pixel[0] - Parameter.CX.in(shared)) + delta * Parameter.SHIFT_X.in(shared);
    pixel[1] +=
        growth * (pixel[1] - Parameter.CY.in(shared)) + delta * Parameter.SHIFT_Y.in(shared);
  }

  /** Returns rotation matrix and translation of a rotation vector (Rodrigues) and a translation. */
  static double[] pose(double[] rotationAndTranslation) {
    double x = rotationAndTranslation[0];
    double y = rotationAndTranslation[1];
    double z = rotationAndTranslation[2];
    double angle = Math.sqrt(x * x + y * y + z * z);
    double a = angle < 1e-9 ? 1 : Math.sin(angle) / angle;
    double b = angle < 1e-9 ? 0.5 : (1 - Math.cos(angle)) / (angle * angle);
    return new double[] {
      1 - b * (y * y + z * z),
      b * x * y - a * z,
      b * x * z + a * y,
      b * x * y + a * z,
      1 - b * (x * x + z * z),
      b * y * z - a * x,
      b * x * z - a * y,
      b * y * z + a * x,
      1 - b * (x * x + y * y),
      rotationAndTranslation[3],
      rotationAndTranslation[4],
      rotationAndTranslation[5]
    };
  }
}
