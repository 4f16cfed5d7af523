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

  /** Width of a highlight: half its light where the surface turns 6 degrees away. */
  private static final double GLOSS = 120;

  private static final double AMBIENT = 0.2;
  private static final double DIRECT = 0.85;

  private final double middleDioptres;
  private final double slopeDioptres;
  private final double heightMetres;
  private final double sine;
  private final double cosine;
  private final Texture mat;
  private final List<Solid> solids;
  private final double highlights;

  /**
   * @param middleDioptres vergence of the bench in the centre of the image
   * @param slopeDioptres change of the vergence per unit of normalised image height
   * @param mat texture of the bench
   * @param solids solids on the bench
   * @param highlights light of a mirror reflection of the lamp on round solids; 0 for none
   */
  Scene(
      double middleDioptres,
      double slopeDioptres,
      Texture mat,
      List<Solid> solids,
      double highlights) {
    this.middleDioptres = middleDioptres;
    this.slopeDioptres = slopeDioptres;
    this.heightMetres = heightOf(middleDioptres, slopeDioptres);
    this.sine = middleDioptres * heightMetres;
    this.cosine = slopeDioptres * heightMetres;
    this.mat = mat;
    this.solids = List.copyOf(solids);
    this.highlights = highlights;
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

  /** Sets a ray of a moved camera whose distances are depths along its optical axis. */
  void ray(Pose pose, double x, double y, Shape.Ray ray) {
    double dy = pose.direction(1, x, y, 1);
    double dz = pose.direction(2, x, y, 1);
    ray.set(
        pose.place(0),
        cosine * pose.place(2) - sine * pose.place(1),
        heightMetres - sine * pose.place(2) - cosine * pose.place(1),
        pose.direction(0, x, y, 1),
        cosine * dz - sine * dy,
        -sine * dz - cosine * dy);
  }

  /** Returns the depth of the bench along a ray of a moved camera; far away above the horizon. */
  double benchDepth(Shape.Ray ray) {
    return ray.ow / Math.max(-ray.dw, 1e-3 * ray.ow);
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
    double albedo = mat.sample(ray.ou + depth * ray.du, ray.ov + depth * ray.dv, footprint);
    return albedo * (AMBIENT + DIRECT * LAMP[2] * lamplight);
  }

  /** Returns the linear light of a solid at a hit of a bench ray. */
  double light(Solid solid, Shape.Hit hit, double footprint, Shape.Ray ray) {
    double albedo = solid.texture().sample(hit.a, hit.b, footprint);
    double diffuse = albedo * (AMBIENT + DIRECT * Math.max(0, solid.facing(hit, LAMP)));
    return highlights == 0 || !solid.shape().isRound()
        ? diffuse
        : diffuse + highlights * mirrored(solid, hit, ray);
  }

  /** Returns the share of the lamp's mirror reflection (Blinn, SIGGRAPH 1977), 0 to 1. */
  private static double mirrored(Solid solid, Shape.Hit hit, Shape.Ray ray) {
    double length = Math.sqrt(ray.du * ray.du + ray.dv * ray.dv + ray.dw * ray.dw);
    double[] half = {
      LAMP[0] - ray.du / length, LAMP[1] - ray.dv / length, LAMP[2] - ray.dw / length
    };
    double cosine = solid.facing(hit, half) / Math.hypot(Math.hypot(half[0], half[1]), half[2]);
    return cosine <= 0 ? 0 : Math.pow(cosine, GLOSS);
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
