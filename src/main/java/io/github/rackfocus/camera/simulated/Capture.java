package io.github.rackfocus.camera.simulated;

/**
 * How one frame is taken: the view and the exposure of each row, which a global shutter gives all
 * rows alike. Immutable.
 *
 * @param margin rows beyond the image above and below
 * @param views one for all rows, or one for each row of the image and the margins
 * @param exposures likewise
 */
@SuppressWarnings("ArrayRecordComponent")
record Capture(int margin, View[] views, LensTrack.Exposure[] exposures) {
  /** Rows at which the bounding box of a solid is computed with a rolling shutter. */
  private static final int BOX_ROWS = 5;

  /** Pixels by which such a box is enlarged, for the rows in between. */
  private static final int BOX_PAD = 2;

  /** Returns whether rows differ. */
  boolean isRolling() {
    return views.length > 1;
  }

  /** Returns the view of a row; negative in the upper margin. */
  View view(int row) {
    return views[index(row)];
  }

  /** Returns the exposure of a row; negative in the upper margin. */
  LensTrack.Exposure exposure(int row) {
    return exposures[index(row)];
  }

  private int index(int row) {
    return isRolling() ? Math.max(0, Math.min(views.length - 1, row + margin)) : 0;
  }

  /**
   * Returns the pixels that the bounding box of a solid covers.
   *
   * @param beyond pixels beyond the image that count
   * @return left, top, right and bottom, the latter two exclusive, clipped to the image and margin
   */
  int[] bounds(Scene scene, Solid solid, int beyond) {
    View first = views[0];
    int[] box = first.bounds(scene, solid, beyond);
    if (!isRolling()) {
      return box;
    }
    for (int i = 1; i < BOX_ROWS; i++) {
      int[] other = views[i * (views.length - 1) / (BOX_ROWS - 1)].bounds(scene, solid, beyond);
      box[0] = Math.min(box[0], other[0]);
      box[1] = Math.min(box[1], other[1]);
      box[2] = Math.max(box[2], other[2]);
      box[3] = Math.max(box[3], other[3]);
    }
    box[0] = Math.max(-beyond, box[0] - BOX_PAD);
    box[1] = Math.max(-beyond, box[1] - BOX_PAD);
    box[2] = Math.min(first.width() + beyond, box[2] + BOX_PAD);
    box[3] = Math.min(first.height() + beyond, box[3] + BOX_PAD);
    return box;
  }
}
