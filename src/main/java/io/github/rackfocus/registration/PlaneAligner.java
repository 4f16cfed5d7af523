package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;

/**
 * Aligns an image with the template of a plane, coarse to fine where the start is poor, and judges
 * the result. For one thread; allocates nothing per image.
 */
final class PlaneAligner {
  private static final double MIN_CORRELATION = 0.7;
  private static final double GOOD_CORRELATION = 0.85;
  private static final double MIN_AGREEMENT = 0.3;

  /** Agreement below which the scene has changed and the template is to be replaced. */
  private static final double STALE_AGREEMENT = 0.7;

  /** Shift of a template, relative to the longer side, after which it is to be replaced. */
  private static final double TEMPLATE_SHIFT = 0.08;

  /** Variance of luma, 0 to 255, below which there is nothing to align with. */
  private static final double MIN_TEXTURE = 0.3;

  /** The same for images that do not correlate: noise of 10 of 255 alone has less. */
  private static final double NOISE_TEXTURE = 6;

  /** Bounds of a plausible transform: displacement relative to the longer side; change of scale. */
  private static final double MAX_SHIFT = 0.35;

  private static final double MAX_SCALE = 0.25;

  /** Shear and change of aspect that are expected between frames of one plane, small pixels. */
  private static final double SHEAR_PIXELS = 0.25;

  /**
   * The same between frames of different focus. A lens only scales, turns and shifts the image, and
   * blur that varies over the image looks like a shear.
   */
  private static final double DEFOCUS_SHEAR_PIXELS = 0.01;

  private final MotionEstimator estimator = new MotionEstimator();
  private final SmallImage small = new SmallImage();
  private final SmallImage half = new SmallImage();
  private final Affine aligned = new Affine();
  private final Affine coarse = new Affine();
  private final Affine inverse = new Affine();
  private double trust;

  /** Takes the image that is to be aligned. */
  void setImage(Frame image) {
    small.set(image);
  }

  /** Takes only the size of an image. */
  void setSize(Frame image) {
    small.setSize(image);
  }

  /**
   * Finds the motion of the image.
   *
   * @param reference has a template
   * @param sameFocus whether image and template are of one plane
   * @param predicted from the common view to the image, small pixels
   * @return false if the image does not fit the template, or only by an implausible transform
   */
  boolean align(PlaneTrack reference, boolean sameFocus, Affine predicted) {
    estimator.allowShear(sameFocus ? SHEAR_PIXELS : DEFOCUS_SHEAR_PIXELS);
    inverse.setInverse(reference.viewToTemplate);
    aligned.setSequence(inverse, predicted);
    boolean done = estimator.align(reference.template, small, aligned);
    if (estimator.textureVariance() < MIN_TEXTURE) {
      aligned.set(predicted);
      trust = 0;
      return true;
    }
    if (!done || estimator.correlation() < GOOD_CORRELATION) {
      half.setHalf(small);
      coarse.setSequence(inverse, predicted);
      coarse.setScaled(coarse, 0.5);
      estimator.align(reference.coarseTemplate, half, coarse);
      aligned.setScaled(coarse, 2);
      done = estimator.align(reference.template, small, aligned);
    }
    if (estimator.correlation() < MIN_CORRELATION && estimator.textureVariance() < NOISE_TEXTURE) {
      aligned.set(predicted);
      trust = 0;
      return true;
    }
    aligned.setSequence(reference.viewToTemplate, aligned);
    trust = estimator.correlation() * estimator.agreement();
    return done
        && estimator.correlation() >= MIN_CORRELATION
        && estimator.agreement() >= MIN_AGREEMENT
        && isPlausible(aligned);
  }

  /** From the common view to the image that was aligned last, small pixels. */
  Affine aligned() {
    return aligned;
  }

  /** Trust in the last alignment: 0 none, as where there is no texture, 1 full. */
  double trust() {
    return trust;
  }

  /** Whether the plane needs a new template after an alignment. */
  boolean isTemplateDue(PlaneTrack plane) {
    return !plane.hasTemplate
        || estimator.agreement() < STALE_AGREEMENT
        || plane.viewToTemplate.largestShift(width(), height()) > TEMPLATE_SHIFT * longSide();
  }

  /** Makes the image the template of its plane. */
  void takeTemplate(PlaneTrack plane) {
    plane.template.set(small, plane.estimated);
    half.setHalf(small);
    coarse.setScaled(plane.estimated, 0.5);
    plane.coarseTemplate.set(half, coarse);
    plane.viewToTemplate.setIdentity();
    plane.hasTemplate = true;
  }

  /** Whether a lens or a camera can have caused a transform. */
  boolean isPlausible(Affine transform) {
    double stretch = Math.max(Math.abs(transform.xx() - 1), Math.abs(transform.yy() - 1));
    double turn = Math.max(Math.abs(transform.xy()), Math.abs(transform.yx()));
    return stretch < MAX_SCALE
        && turn < MAX_SCALE
        && transform.largestShift(width(), height()) < MAX_SHIFT * longSide();
  }

  /** Pixels of the image along the side of a small pixel. */
  int factor() {
    return small.factor();
  }

  /** Width of the small image. */
  int width() {
    return small.width();
  }

  /** Height of the small image. */
  int height() {
    return small.height();
  }

  /** The longer side of the small image. */
  int longSide() {
    return Math.max(small.width(), small.height());
  }
}
