package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/**
 * When a pixel's depth is published and when a reason is published in its place.
 *
 * @param minConfidence least probability, 0 to 1, that a published depth is off by at most one
 *     plane
 * @param textureFloor local contrast of the all-in-focus image, mean absolute difference between
 *     neighbouring pixels of luma 0 to 1, below which a pixel that is not confident is called
 *     {@code noTexture} and not {@code ambiguous}
 * @param saturationLuma luma, 0 to 255, from which a pixel in focus that is not confident is called
 *     {@code saturated}; 256 never
 * @param beyondMarginPlanes how far beyond the end plane, in planes, the sharpness must still be
 *     rising for a pixel to be nearer than, or beyond, the sweep
 * @param requireSettled whether depth from a frame with an unsettled lens is withheld
 */
public record ValidityThresholds(
    double minConfidence,
    double textureFloor,
    int saturationLuma,
    double beyondMarginPlanes,
    boolean requireSettled) {

  /** What the node uses unless told otherwise; how they were measured is in the docs. */
  public static final ValidityThresholds DEFAULTS =
      new ValidityThresholds(0.94, 0.012, 250, 0.5, true);

  /** Returns why the frame of a plane gives no depth, or {@link Validity#VALID}. */
  Validity ofPlane(FocalStack stack, int plane) {
    if (stack.isMissing(plane)) {
      return Validity.PLANE_MISSING;
    }
    return requireSettled && !stack.frame(plane).focus().settled()
        ? Validity.LENS_UNSETTLED
        : Validity.VALID;
  }
}
