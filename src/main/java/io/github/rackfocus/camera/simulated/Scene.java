package io.github.rackfocus.camera.simulated;

import java.util.List;

/**
 * Solids on a bench, seen by a pinhole camera at the origin; z forward, x right, y down, in metres.
 *
 * <p>The bench is slanted: {@code 1/z = middle + slope y} for a normalised image coordinate y, so
 * that it passes evenly through the sweep. Bench coordinates are u to the right, v away from the
 * camera, w up. Immutable.
 */
final class Scene {
  /** Direction to the lamp in bench coordinates. */
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
   * @param middleDioptres vergence of the bench in the centre of the image
   * @param slopeDioptres change of the vergence per unit of normalised image height
   * @param mat texture of the bench
   * @param solids solids on the bench
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

  /** Returns the height of the camera above a bench in metres. */
  static double heightOf(double middleDioptres, double slopeDioptres) {
    return 1 / Math.hypot(middleDioptres, slopeDioptres);
  }

  List<Solid> solids() {
    return solids;
  }

  /** Sets a camera ray whose distances are depths along the optical axis. */
  void ray(double x, double y, Shape.Ray ray) {
    ray.set(0, 0, heightMetres, x, cosine - y * sine, -sine - y * cosine);
  }

  /** Returns the depth of the bench along a camera ray. */
  double benchDepth(double y) {
    return 1 / (middleDioptres + slopeDioptres * y);
  }

  /** Converts a bench point to camera coordinates, in place. */
  void toCamera(double[] point) {
    double v = point[1];
    double w = point[2] - heightMetres;
    point[1] = -sine * v - cosine * w;
    point[2] = cosine * v - sine * w;
  }

  /** Returns the linear light of the bench along a camera ray. */
  double benchLight(Shape.Ray ray, double depth, double footprint, double lamplight) {
    double albedo = mat.sample(depth * ray.du, depth * ray.dv, footprint);
    return albedo * (AMBIENT + DIRECT * LAMP[2] * lamplight);
  }

  /** Returns the linear light of a solid at a hit. */
  double light(Solid solid, Shape.Hit hit, double footprint) {
    double albedo = solid.texture().sample(hit.a, hit.b, footprint);
    return albedo * (AMBIENT + DIRECT * Math.max(0, solid.facing(hit, LAMP)));
  }

  /** Returns the share of the area lamp that a bench point sees past the static solids. */
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
