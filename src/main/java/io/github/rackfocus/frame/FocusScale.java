package io.github.rackfocus.frame;

/**
 * The scale of the focus values of a sweep.
 *
 * <p>Inside the node a larger focus is always nearer, so that every stack runs far to near in
 * ascending order. A live camera uses dioptres. A stack folder without calibration only knows the
 * index of its images; its {@code order} states the direction.
 */
public enum FocusScale {
  /** Vergence of the object plane in focus, 1/m. */
  DIOPTRE,
  /** Index of an image in a folder that runs far to near; focus is the index. */
  INDEX_FAR_FIRST,
  /** Index of an image in a folder that runs near to far; focus is minus the index. */
  INDEX_NEAR_FIRST;

  /** Whether depth on this scale is in metres. */
  public boolean isMetric() {
    return this == DIOPTRE;
  }

  /**
   * Depth along the optical axis at a focus.
   *
   * @param focus dioptres, or the signed index
   * @param depthOffsetMetres added to metric depth; ignored by the index scales
   * @return metres ({@code +Infinity} at focus 0), or the file's own index value
   */
  public double depthAt(double focus, double depthOffsetMetres) {
    return switch (this) {
      case DIOPTRE -> 1.0 / focus + depthOffsetMetres;
      case INDEX_FAR_FIRST -> focus;
      case INDEX_NEAR_FIRST -> -focus;
    };
  }

  /** The focus at a depth: the inverse of {@link #depthAt}. */
  public double focusAt(double depth, double depthOffsetMetres) {
    return switch (this) {
      case DIOPTRE -> 1.0 / (depth - depthOffsetMetres);
      case INDEX_FAR_FIRST -> depth;
      case INDEX_NEAR_FIRST -> -depth;
    };
  }
}
