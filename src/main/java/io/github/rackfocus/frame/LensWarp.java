package io.github.rackfocus.frame;


/** What a calibrated lens does to the image at each focus. */
@FunctionalInterface
public interface LensWarp {
  /**
   * Sets the transform from pixels of the reference view to pixels of an image.
   *
   * @param focus of the image, dioptres
   */
  void referenceToImage(double focus, Affine into);
}
