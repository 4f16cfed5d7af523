package io.github.rackfocus.camera.simulated;

import java.util.List;

/**
 * Solids on a bench seen by a pinhole at the origin, z forward, x right, y down, metres.
 *
 * <p>The bench is a slanted plane, {@code 1/z = middle + slope y} for a normalised image coordinate
 * y, so that it runs evenly through the sweep. Bench coordinates are u to the right, v away, w up.
 * Immutable.
 */
final class Scene {
  /** Towards the lamp, in bench coordinates. */
  private static final double[] LAMP = {-0.48, -0.28, 0.83};

  private static final double AMBIENT = 0.2;
  private static final double DIRECT = 0.85;

  private final double middleDioptres;
  private final double slopeDioptres;
  private final double heightMetres;
  private final double sine;
  private final double cosine;
  private final Texture mat;
  private final List<Solid> solids;

  /**
   * @param middleDioptres vergence of the bench in the image's centre
   * @param slopeDioptres its growth for a unit of normalised image height
   * @param mat what lies on the bench
   * @param solids what stands on it
   */
  Scene(double middleDioptres, double slopeDioptres, Texture mat, List<Solid> solids) {
    this.middleDioptres = middleDioptres;
    this.slopeDioptres = slopeDioptres;
    this.heightMetres = heightOf(middleDioptres, slopeDioptres);
    this.sine = middleDioptres * heightMetres;
    this.cosine = slopeDioptres * heightMetres;
    this.mat = mat;
    this.solids = List.copyOf(solids);
  }

  /** Height of the camera above such a bench. */
  static double heightOf(double middleDioptres, double slopeDioptres) {
    return 1 / Math.hypot(middleDioptres, slopeDioptres);
  }

  List<Solid> solids() {
    return solids;
  }

  /** A camera ray whose distances are depths along the optical axis. */
  void ray(double x, double y, Shape.Ray ray) {
    ray.set(0, 0, heightMetres, x, cosine - y * sine, -sine - y * cosine);
  }

  /** Depth of the bench along a camera ray. */
  double benchDepth(double y) {
    return 1 / (middleDioptres + slopeDioptres * y);
  }

  /** Camera coordinates of a bench point, in place. */
  void toCamera(double[] point) {
    double v = point[1];
    double w = point[2] - heightMetres;
    point[1] = -sine * v - cosine * w;
    point[2] = cosine * v - sine * w;
  }

  /** Light that the bench sends along a camera ray, linear. */
  double benchLight(Shape.Ray ray, double depth, double footprint, double lamplight) {
    double albedo = mat.sample(depth * ray.du, depth * ray.dv, footprint);
    return albedo * (AMBIENT + DIRECT * LAMP[2] * lamplight);
  }

  /** Light that a solid sends from a hit, linear. */
  double light(Solid solid, Shape.Hit hit, double footprint) {
    double albedo = solid.texture().sample(hit.a, hit.b, footprint);
    return albedo * (AMBIENT + DIRECT * Math.max(0, solid.facing(hit, LAMP)));
  }

  /** Share of the lamp, which is not a point, that a bench point sees past what stands still. */
  double lamplight(double u, double v, Shape.Ray ray, Shape.Ray own, Shape.Hit hit) {
    int seen = 0;
    for (int i = 0; i < 9; i++) {
      double du = LAMP[0] + 0.09 * (i % 3 - 1);
      double dv = LAMP[1] + 0.09 * (i / 3 - 1);
      ray.set(u, v, 1e-5, du, dv, LAMP[2]);
      boolean free = true;
      for (int k = 0; k < solids.size() && free; k++) {
        Solid solid = solids.get(k);
        if (!solid.moves()) {
          solid.toOwn(ray, 0, own);
          free = !solid.shape().intersect(own, hit);
        }
      }
      seen += free ? 1 : 0;
    }
    return seen / 9.0;
  }
}
