package io.github.rackfocus.frame;

/** What a calibrated lens does to the image at each focus. */
public interface LensWarp {
  /** Returns the focus of the reference view, at which the camera matrix holds, dioptres. */
  double referenceFocus();

  /**
   * Sets the transform from pixels of the reference view to pixels of an image.
   *
   * @param focus of the image, dioptres
   */
  void referenceToImage(double focus, Affine into);
}
