package io.github.rackfocus.lens;

import java.util.Arrays;

/**
 * Between the positions of a motor and focus in dioptres, linear between the given points.
 * Immutable.
 */
public final class PositionTable {
  private final double[] positions;
  private final double[] dioptres;

  /**
   * @param positions of the motor, ascending or descending
   * @param dioptres focus at each, ascending, not negative
   * @throws IllegalArgumentException if they are not of equal number, two or more, and monotone
   */
  public PositionTable(double[] positions, double[] dioptres) {
    if (positions.length != dioptres.length || positions.length < 2) {
      throw new IllegalArgumentException(
          positions.length
              + " positions and "
              + dioptres.length
              + " dioptres; expected as many of both, at least 2");
    }
    boolean up = positions[1] > positions[0];
    for (int i = 0; i < positions.length; i++) {
      if (!Double.isFinite(positions[i]) || !(dioptres[i] >= 0 && dioptres[i] <= 1000)) {
        throw new IllegalArgumentException(
            "position " + positions[i] + " is at " + dioptres[i] + "; expected 0 to 1000 dioptres");
      }
      if (i > 0
          && (dioptres[i] <= dioptres[i - 1]
              || (up ? positions[i] <= positions[i - 1] : positions[i] >= positions[i - 1]))) {
        throw new IllegalArgumentException(
            "position "
                + positions[i]
                + " at "
                + dioptres[i]
                + " dioptres follows "
                + positions[i - 1]
                + " at "
                + dioptres[i - 1]
                + "; expected ascending dioptres and positions of one direction");
      }
    }
    this.positions = positions.clone();
    this.dioptres = dioptres.clone();
  }

  /** Returns the focus that the table covers. */
  LensRange range() {
    return new LensRange(dioptres[0], dioptres[dioptres.length - 1]);
  }

  /** Returns the position at a focus; beyond the table, the one at its end. */
  double position(double focus) {
    int found = Arrays.binarySearch(dioptres, focus);
    int above = found >= 0 ? found : -found - 1;
    if (above <= 0) {
      return positions[0];
    }
    if (above >= dioptres.length) {
      return positions[positions.length - 1];
    }
    double share = (focus - dioptres[above - 1]) / (dioptres[above] - dioptres[above - 1]);
    return positions[above - 1] + share * (positions[above] - positions[above - 1]);
  }

  /** Returns the focus at a position; beyond the table, the one at its end. */
  double focus(double position) {
    boolean up = positions[1] > positions[0];
    int above = 0;
    while (above < positions.length
        && (up ? positions[above] < position : positions[above] > position)) {
      above++;
    }
    if (above == 0) {
      return dioptres[0];
    }
    if (above == positions.length) {
      return dioptres[above - 1];
    }
    double share = (position - positions[above - 1]) / (positions[above] - positions[above - 1]);
    return dioptres[above - 1] + share * (dioptres[above] - dioptres[above - 1]);
  }
}
