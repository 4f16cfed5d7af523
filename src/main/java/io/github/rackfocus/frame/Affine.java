package io.github.rackfocus.frame;

/**
 * An affine transform of pixel coordinates: {@code x' = xx x + xy y + x1}, {@code y' = yx x + yy y
 * + y1}. Pixel centres are at integers. Mutable, so that it can be reused; for one thread while it
 * changes.
 */
public final class Affine {
  private static final Affine IDENTITY = new Affine();

  private double xx = 1;
  private double xy;
  private double x1;
  private double yx;
  private double yy = 1;
  private double y1;

  /** Creates the identity. */
  public Affine() {}

  /** Makes this the identity. */
  public Affine setIdentity() {
    return set(1, 0, 0, 0, 1, 0);
  }

  /** Sets the six numbers, row by row. */
  public Affine set(double xx, double xy, double x1, double yx, double yy, double y1) {
    this.xx = xx;
    this.xy = xy;
    this.x1 = x1;
    this.yx = yx;
    this.yy = yy;
    this.y1 = y1;
    return this;
  }

  /** Copies another transform. */
  public Affine set(Affine other) {
    return set(other.xx, other.xy, other.x1, other.yx, other.yy, other.y1);
  }

  /** Sets {@code x -> second(first(x))}; either argument may be this object. */
  public Affine setSequence(Affine first, Affine second) {
    return set(
        second.xx * first.xx + second.xy * first.yx,
        second.xx * first.xy + second.xy * first.yy,
        second.xx * first.x1 + second.xy * first.y1 + second.x1,
        second.yx * first.xx + second.yy * first.yx,
        second.yx * first.xy + second.yy * first.yy,
        second.yx * first.x1 + second.yy * first.y1 + second.y1);
  }

  /**
   * Sets the inverse of a transform, which may be this object.
   *
   * @throws IllegalArgumentException if it has none
   */
  public Affine setInverse(Affine of) {
    double determinant = of.xx * of.yy - of.xy * of.yx;
    if (!(Math.abs(determinant) > 1e-9)) {
      throw new IllegalArgumentException(of + " has no inverse");
    }
    double a = of.yy / determinant;
    double b = -of.xy / determinant;
    double c = -of.yx / determinant;
    double d = of.xx / determinant;
    return set(a, b, -(a * of.x1 + b * of.y1), c, d, -(c * of.x1 + d * of.y1));
  }

  /**
   * Sets the same transform of images that are {@code factor} times larger in each direction, with
   * pixel areas that coincide.
   */
  public Affine setScaled(Affine of, double factor) {
    // Centre of small pixel x is at factor (x + 1/2) - 1/2 of the large image.
    double shift = (factor - 1) / 2;
    return set(
        of.xx,
        of.xy,
        factor * of.x1 + shift - of.xx * shift - of.xy * shift,
        of.yx,
        of.yy,
        factor * of.y1 + shift - of.yx * shift - of.yy * shift);
  }

  /** x of a transformed point. */
  public double x(double x, double y) {
    return xx * x + xy * y + x1;
  }

  /** y of a transformed point. */
  public double y(double x, double y) {
    return yx * x + yy * y + y1;
  }

  /** Change of x per column. */
  public double xx() {
    return xx;
  }

  /** Change of x per row. */
  public double xy() {
    return xy;
  }

  /** Change of y per column. */
  public double yx() {
    return yx;
  }

  /** Change of y per row. */
  public double yy() {
    return yy;
  }

  /** Writes the six numbers, row by row. */
  public void copyTo(double[] six) {
    six[0] = xx;
    six[1] = xy;
    six[2] = x1;
    six[3] = yx;
    six[4] = yy;
    six[5] = y1;
  }

  /**
   * Returns the largest distance, in pixels, between where this and another transform put a pixel
   * of an image. It is that of a corner.
   */
  public double distance(Affine other, int width, int height) {
    double most = 0;
    for (int corner = 0; corner < 4; corner++) {
      double x = (corner & 1) == 0 ? 0 : width - 1;
      double y = (corner & 2) == 0 ? 0 : height - 1;
      most = Math.max(most, Math.hypot(x(x, y) - other.x(x, y), y(x, y) - other.y(x, y)));
    }
    return most;
  }

  /** Returns the largest distance, in pixels, by which a pixel of an image moves. */
  public double largestShift(int width, int height) {
    return distance(IDENTITY, width, height);
  }

  /**
   * Whether all pixels of a block are mapped to coordinates from 0 to a bound. Those of its corners
   * decide.
   *
   * @param right exclusive
   * @param bottom exclusive
   */
  public boolean mapsInto(int left, int top, int right, int bottom, double mostX, double mostY) {
    for (int corner = 0; corner < 4; corner++) {
      int atX = (corner & 1) == 0 ? left : right - 1;
      int atY = (corner & 2) == 0 ? top : bottom - 1;
      double x = x(atX, atY);
      double y = y(atX, atY);
      if (!(x >= 0 && x <= mostX && y >= 0 && y <= mostY)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this is exactly the identity. */
  public boolean isIdentity() {
    return xx == 1 && xy == 0 && x1 == 0 && yx == 0 && yy == 1 && y1 == 0;
  }

  @Override
  public String toString() {
    return "[" + xx + " " + xy + " " + x1 + "; " + yx + " " + yy + " " + y1 + "]";
  }
}
