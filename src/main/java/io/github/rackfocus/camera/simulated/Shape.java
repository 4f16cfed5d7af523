package io.github.rackfocus.camera.simulated;

/**
 * The shape of a solid in its own coordinates, standing on w = 0. Lengths are in metres. Immutable.
 *
 * <p>Hits are written to an object of the caller, because an image takes millions of rays.
 */
sealed interface Shape {
  /** Returns the half width of the bounding box. */
  double halfU();

  /** Returns the half depth of the bounding box. */
  double halfV();

  /** Returns the height of the bounding box. */
  double height();

  /** Returns whether it is a ball, which mirrors the lamp from somewhere. */
  default boolean isRound() {
    return this instanceof Dome;
  }

  /**
   * Finds the first intersection at a positive distance.
   *
   * @return whether there is one; it is written to {@code hit}
   */
  boolean intersect(Ray ray, Hit hit);

  /** A ray in the coordinates of a shape; distances are in units of the direction's length. */
  final class Ray {
    double ou;
    double ov;
    double ow;
    double du;
    double dv;
    double dw;

    void set(double ou, double ov, double ow, double du, double dv, double dw) {
      this.ou = ou;
      this.ov = ov;
      this.ow = ow;
      this.du = du;
      this.dv = dv;
      this.dw = dw;
    }
  }

  /** An intersection of a ray and a shape: distance, normal and surface coordinates. */
  final class Hit {
    double distance;
    double nu;
    double nv;
    double nw;
    double a;
    double b;

    boolean set(double distance, double nu, double nv, double nw, double a, double b) {
      this.distance = distance;
      this.nu = nu;
      this.nv = nv;
      this.nw = nw;
      this.a = a;
      this.b = b;
      return true;
    }
  }

  /** A box. */
  record Box(double halfU, double halfV, double height) implements Shape {
    @Override
    public boolean intersect(Ray r, Hit hit) {
      double u0 = (-halfU - r.ou) / r.du;
      double u1 = (halfU - r.ou) / r.du;
      double v0 = (-halfV - r.ov) / r.dv;
      double v1 = (halfV - r.ov) / r.dv;
      double w0 = -r.ow / r.dw;
      double w1 = (height - r.ow) / r.dw;
      double nearU = Math.min(u0, u1);
      double nearV = Math.min(v0, v1);
      double nearW = Math.min(w0, w1);
      double near = Math.max(nearU, Math.max(nearV, nearW));
      double far = Math.min(Math.max(u0, u1), Math.min(Math.max(v0, v1), Math.max(w0, w1)));
      if (!(near < far) || near <= 1e-9) {
        return false;
      }
      double u = r.ou + near * r.du;
      double v = r.ov + near * r.dv;
      double w = r.ow + near * r.dw;
      if (near == nearU) {
        return hit.set(near, -Math.signum(r.du), 0, 0, v, w);
      }
      if (near == nearV) {
        return hit.set(near, 0, -Math.signum(r.dv), 0, u, w);
      }
      return hit.set(near, 0, 0, -Math.signum(r.dw), u, v);
    }
  }

  /** An upright cylinder, with a hole through it if {@code hole} is above 0. */
  record Ring(double radius, double hole, double height) implements Shape {
    @Override
    public double halfU() {
      return radius;
    }

    @Override
    public double halfV() {
      return radius;
    }

    @Override
    public boolean intersect(Ray r, Hit hit) {
      double best = Double.POSITIVE_INFINITY;
      double top = (height - r.ow) / r.dw;
      if (top > 1e-9) {
        double u = r.ou + top * r.du;
        double v = r.ov + top * r.dv;
        double d = u * u + v * v;
        if (d <= radius * radius && d >= hole * hole) {
          best = top;
          hit.set(top, 0, 0, 1, u, v);
        }
      }
      best = wall(r, radius, false, best, hit);
      if (hole > 0) {
        best = wall(r, hole, true, best, hit);
      }
      return best < Double.POSITIVE_INFINITY;
    }

    private double wall(Ray r, double size, boolean inside, double best, Hit hit) {
      double a = r.du * r.du + r.dv * r.dv;
      double b = r.ou * r.du + r.ov * r.dv;
      double c = r.ou * r.ou + r.ov * r.ov - size * size;
      double root = b * b - a * c;
      if (root <= 0 || a == 0) {
        return best;
      }
      double t = (-b + (inside ? Math.sqrt(root) : -Math.sqrt(root))) / a;
      double w = r.ow + t * r.dw;
      if (t <= 1e-9 || t >= best || w < 0 || w > height) {
        return best;
      }
      double u = (r.ou + t * r.du) / size;
      double v = (r.ov + t * r.dv) / size;
      double sign = inside ? -1 : 1;
      hit.set(t, sign * u, sign * v, 0, Math.atan2(v, u) * size, w);
      return t;
    }
  }

  /** The part above w = 0 of an ellipsoid whose centre is at height {@code centre}. */
  record Dome(double radius, double vertical, double centre) implements Shape {
    @Override
    public double halfU() {
      return radius;
    }

    @Override
    public double halfV() {
      return radius;
    }

    @Override
    public double height() {
      return centre + vertical;
    }

    @Override
    public boolean intersect(Ray r, Hit hit) {
      double k = radius / vertical;
      double ow = (r.ow - centre) * k;
      double dw = r.dw * k;
      double a = r.du * r.du + r.dv * r.dv + dw * dw;
      double b = r.ou * r.du + r.ov * r.dv + ow * dw;
      double c = r.ou * r.ou + r.ov * r.ov + ow * ow - radius * radius;
      double root = b * b - a * c;
      if (root <= 0) {
        return false;
      }
      double t = (-b - Math.sqrt(root)) / a;
      double w = r.ow + t * r.dw;
      if (t <= 1e-9 || w < 0) {
        return false;
      }
      double nu = (r.ou + t * r.du) / radius;
      double nv = (r.ov + t * r.dv) / radius;
      double nw = (ow + t * dw) / radius;
      double length = Math.sqrt(nu * nu + nv * nv + nw * nw * k * k);
      // Longitude and latitude, in metres on a sphere of this radius.
      return hit.set(
          t,
          nu / length,
          nv / length,
          nw * k / length,
          Math.atan2(nv, nu) * radius,
          Math.asin(Math.max(-1, Math.min(1, nw))) * radius);
    }
  }

  /** A wavy cloth: a height field that is 0 at the edge of its rectangle. */
  record Cloth(double halfU, double halfV, double height, double phase) implements Shape {
    private static final int STEPS = 28;
    private static final int BISECTIONS = 8;

    private double at(double u, double v) {
      double x = u / halfU;
      double y = v / halfV;
      double edge = (1 - x * x * x * x) * (1 - y * y * y * y);
      double wave =
          0.5
              + 0.25 * Math.sin(5.1 * x + 2.3 * y + phase)
              + 0.15 * Math.sin(-3.7 * x + 6.4 * y + 2 * phase)
              + 0.08 * Math.sin(11 * x + 4 * y);
      return height * edge * wave;
    }

    @Override
    public boolean intersect(Ray r, Hit hit) {
      double u0 = (-halfU - r.ou) / r.du;
      double u1 = (halfU - r.ou) / r.du;
      double v0 = (-halfV - r.ov) / r.dv;
      double v1 = (halfV - r.ov) / r.dv;
      double w0 = -r.ow / r.dw;
      double w1 = (height - r.ow) / r.dw;
      double near = Math.max(Math.min(u0, u1), Math.max(Math.min(v0, v1), Math.min(w0, w1)));
      double far = Math.min(Math.max(u0, u1), Math.min(Math.max(v0, v1), Math.max(w0, w1)));
      if (!(near < far) || near <= 1e-9) {
        return false;
      }
      double before = near;
      for (int i = 1; i <= STEPS; i++) {
        double t = near + (far - near) * i / STEPS;
        if (below(r, t)) {
          return refine(r, before, t, hit);
        }
        before = t;
      }
      return false;
    }

    private boolean below(Ray r, double t) {
      return r.ow + t * r.dw <= at(r.ou + t * r.du, r.ov + t * r.dv);
    }

    private boolean refine(Ray r, double above, double below, Hit hit) {
      double from = above;
      double to = below;
      for (int i = 0; i < BISECTIONS; i++) {
        double middle = (from + to) / 2;
        if (below(r, middle)) {
          to = middle;
        } else {
          from = middle;
        }
      }
      double u = r.ou + to * r.du;
      double v = r.ov + to * r.dv;
      double step = halfU * 1e-3;
      double su = (at(u + step, v) - at(u - step, v)) / (2 * step);
      double sv = (at(u, v + step) - at(u, v - step)) / (2 * step);
      double length = Math.sqrt(su * su + sv * sv + 1);
      return hit.set(to, -su / length, -sv / length, 1 / length, u, v);
    }
  }
}
