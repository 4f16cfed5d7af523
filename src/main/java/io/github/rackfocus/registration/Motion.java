package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;

/** Converts between affine transforms and the six parameters of {@link MotionTemplate}. */
final class Motion {
  private Motion() {}

  /** Writes the displacements that a transform causes. */
  static void parameters(Affine transform, int width, int height, double[] into) {
    double half = width / 2.0;
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    into[0] = (transform.xx() - 1) * half;
    into[1] = transform.xy() * half;
    into[2] = transform.x(centreX, centreY) - centreX;
    into[3] = transform.yx() * half;
    into[4] = (transform.yy() - 1) * half;
    into[5] = transform.y(centreX, centreY) - centreY;
  }

  /** Sets the transform that causes displacements. */
  static void affine(double[] parameters, int width, int height, Affine into) {
    double half = width / 2.0;
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    double p0 = parameters[0] / half;
    double p1 = parameters[1] / half;
    double p3 = parameters[3] / half;
    double p4 = parameters[4] / half;
    into.set(
        1 + p0,
        p1,
        parameters[2] - p0 * centreX - p1 * centreY,
        p3,
        1 + p4,
        parameters[5] - p3 * centreX - p4 * centreY);
  }
}
