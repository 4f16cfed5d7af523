package io.github.rackfocus.eval;

import io.github.rackfocus.sweep.FocusAxis;

/** What is true of a pixel of a map, against which its validity code is judged. */
enum PixelTruth {
  /** The scene did not move there, and the position is off by at most one plane. */
  RIGHT("right"),
  /** The scene did not move there, and the position is off by more than one plane. */
  OFF("off"),
  /** The surface is nearer than the nearest plane by more than half a plane. */
  NEARER("nearer"),
  /** The surface is beyond the farthest plane by more than half a plane. */
  BEYOND("beyond"),
  /** The scene moved there during the sweep. */
  MOVED("moved");

  /** {@code validity.beyondMargin}, in planes. */
  private static final double MARGIN = 0.5;

  private final String label;

  PixelTruth(String label) {
    this.label = label;
  }

  /** Heading of a row. */
  String label() {
    return label;
  }

  /**
   * Judges a pixel.
   *
   * @param foundPlanes the map's position in planes
   * @param trueDioptres true focus
   * @param moved whether the scene moved there
   */
  static PixelTruth of(FocusAxis axis, double foundPlanes, double trueDioptres, boolean moved) {
    if (moved) {
      return MOVED;
    }
    double planes = axis.planesAt(trueDioptres);
    if (planes > axis.planes() - 1 + MARGIN) {
      return NEARER;
    }
    if (planes < -MARGIN) {
      return BEYOND;
    }
    return Math.abs(foundPlanes - planes) > 1 ? OFF : RIGHT;
  }
}
