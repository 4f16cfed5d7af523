package io.github.rackfocus.sweep;

/**
 * How the image moves and grows with focus. A pixel {@code p} of the reference view, the image
 * taken at the reference focus, is at {@code c + (1 + s Δf + q Δf²)(p - c) + t Δf} in the image
 * taken at focus {@code f}, where {@code Δf = f - referenceFocus} and {@code c} is the principal
 * point.
 *
 * <p>Pixels are those of the camera's own images, before rectification. Immutable, thread-safe.
 *
 * @param referenceFocus focus at which the camera matrix holds, dioptres
 * @param scalePerDioptre s, growth of the image per dioptre
 * @param scalePerSquaredDioptre q, growth of the image per square of dioptres
 * @param shiftXPerDioptre x of t, pixels per dioptre
 * @param shiftYPerDioptre y of t, pixels per dioptre
 * @param centreX column of the principal point, pixels
 * @param centreY row of the principal point, pixels
 */
public record LensBreathing(
    double referenceFocus,
    double scalePerDioptre,
    double scalePerSquaredDioptre,
    double shiftXPerDioptre,
    double shiftYPerDioptre,
    double centreX,
    double centreY) {
  /** A lens that does not breathe. */
  public static final LensBreathing NONE = new LensBreathing(0, 0, 0, 0, 0, 0, 0);

  private static final double MAX_SCALE = 0.5;
  private static final double MAX_SHIFT = 1000;
  private static final double MAX_CENTRE = 1 << 20;

  /** Checks every field; errors use the keys of camera files. */
  public LensBreathing {
    check("reference_focus", referenceFocus, 0, LensReadings.MAX_DIOPTRES, "dioptres");
    check("breathing.scale_per_dioptre", scalePerDioptre, -MAX_SCALE, MAX_SCALE, "per dioptre");
    check(
        "breathing.scale_per_squared_dioptre",
        scalePerSquaredDioptre,
        -MAX_SCALE,
        MAX_SCALE,
        "per square of dioptres");
    check("breathing.shift_x_per_dioptre", shiftXPerDioptre, -MAX_SHIFT, MAX_SHIFT, "pixels");
    check("breathing.shift_y_per_dioptre", shiftYPerDioptre, -MAX_SHIFT, MAX_SHIFT, "pixels");
    check("principal point's column", centreX, -MAX_CENTRE, MAX_CENTRE, "pixels");
    check("principal point's row", centreY, -MAX_CENTRE, MAX_CENTRE, "pixels");
  }

  /** Whether images at different focus differ. */
  public boolean isActive() {
    return scalePerDioptre != 0
        || scalePerSquaredDioptre != 0
        || shiftXPerDioptre != 0
        || shiftYPerDioptre != 0;
  }

  /** Returns the magnification of the image at a focus, relative to the reference view. */
  public double scaleAt(double focus) {
    double delta = focus - referenceFocus;
    return 1 + delta * (scalePerDioptre + delta * scalePerSquaredDioptre);
  }

  /**
   * Returns the affine transform that maps a pixel of the reference view to the pixel of the image
   * taken at a focus.
   *
   * @param focus dioptres
   * @param transform receives {@code a, b, tx, c, d, ty}: x' = a x + b y + tx, y' = c x + d y + ty
   */
  public void toRaw(double focus, double[] transform) {
    double delta = focus - referenceFocus;
    double scale = scaleAt(focus);
    transform[0] = scale;
    transform[1] = 0;
    transform[2] = centreX - scale * centreX + shiftXPerDioptre * delta;
    transform[3] = 0;
    transform[4] = scale;
    transform[5] = centreY - scale * centreY + shiftYPerDioptre * delta;
  }

  /**
   * Returns the breathing of images that are moved and scaled: pixel (x, y) becomes ((x - left) *
   * scaleX, (y - top) * scaleY), as when cropping and binning.
   */
  LensBreathing mapped(double left, double top, double scaleX, double scaleY) {
    return new LensBreathing(
        referenceFocus,
        scalePerDioptre,
        scalePerSquaredDioptre,
        shiftXPerDioptre * scaleX,
        shiftYPerDioptre * scaleY,
        (centreX - left) * scaleX,
        (centreY - top) * scaleY);
  }

  /** Checks a number of a camera file. */
  static void check(String key, double value, double min, double max, String unit) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          key + " is " + value + "; expected " + min + " to " + max + " " + unit);
    }
  }
}
