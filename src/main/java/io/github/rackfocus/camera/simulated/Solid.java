package io.github.rackfocus.camera.simulated;

/** A textured shape at a place on the bench. Immutable. */
final class Solid {
  private final Shape shape;
  private final Texture texture;
  private final double swing;
  private final double u;
  private final double v;
  private final double w;
  private final double yawCosine;
  private final double yawSine;
  private final double pitchCosine;
  private final double pitchSine;

  /**
   * @param shape shape in its own coordinates
   * @param texture reflectance
   * @param place bench coordinates u (right), v (away from the camera), w (up), in metres
   * @param yaw rotation about the vertical axis, radians
   * @param pitch rotation about its own u axis, radians
   * @param swing phase of its oscillation, radians; 0 for a static solid
   */
  Solid(Shape shape, Texture texture, double[] place, double yaw, double pitch, double swing) {
    this.shape = shape;
    this.texture = texture;
    this.swing = swing;
    this.u = place[0];
    this.v = place[1];
    this.w = place[2];
    this.yawCosine = Math.cos(yaw);
    this.yawSine = Math.sin(yaw);
    this.pitchCosine = Math.cos(pitch);
    this.pitchSine = Math.sin(pitch);
  }

  Shape shape() {
    return shape;
  }

  Texture texture() {
    return texture;
  }

  /** Returns the phase of its oscillation in radians; 0 for a static solid. */
  double swing() {
    return swing;
  }

  /** Returns whether the solid moves. */
  boolean moves() {
    return swing != 0;
  }

  /**
   * Converts a bench ray to the coordinates of the shape, displaced to the right by {@code shift}.
   */
  void toOwn(Shape.Ray from, double shift, Shape.Ray to) {
    double pu = from.ou - u - shift;
    double pv = from.ov - v;
    double pw = from.ow - w;
    double qv = -yawSine * pu + yawCosine * pv;
    double ev = -yawSine * from.du + yawCosine * from.dv;
    to.set(
        yawCosine * pu + yawSine * pv,
        pitchCosine * qv + pitchSine * pw,
        -pitchSine * qv + pitchCosine * pw,
        yawCosine * from.du + yawSine * from.dv,
        pitchCosine * ev + pitchSine * from.dw,
        -pitchSine * ev + pitchCosine * from.dw);
  }

  /** Converts a point of the shape to bench coordinates and writes it to {@code point}. */
  void toBench(double a, double b, double c, double shift, double[] point) {
    double qv = pitchCosine * b - pitchSine * c;
    point[0] = u + shift + yawCosine * a - yawSine * qv;
    point[1] = v + yawSine * a + yawCosine * qv;
    point[2] = w + pitchSine * b + pitchCosine * c;
  }

  /** Returns the cosine between the normal of a hit and a direction in bench coordinates. */
  double facing(Shape.Hit hit, double[] direction) {
    double nv = pitchCosine * hit.nv - pitchSine * hit.nw;
    double nw = pitchSine * hit.nv + pitchCosine * hit.nw;
    return direction[0] * (yawCosine * hit.nu - yawSine * nv)
        + direction[1] * (yawSine * hit.nu + yawCosine * nv)
        + direction[2] * nw;
  }
}
