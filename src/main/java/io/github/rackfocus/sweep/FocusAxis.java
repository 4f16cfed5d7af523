package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusScale;
import java.util.Arrays;

/**
 * The focus planes of a sweep, far to near, and conversions between the three coordinates along it:
 * focus (dioptres or signed index), position (0 farthest plane, 1 nearest plane, linear in focus)
 * and plane (fractional plane number). Immutable.
 */
public final class FocusAxis {
  /** Fewest planes of a stack. */
  public static final int MIN_PLANES = 3;

  /** Most planes of a stack. */
  public static final int MAX_PLANES = 64;

  /**
   * A reading belongs to the plane nearest to it if it is within this share of the distance to the
   * neighbouring plane.
   */
  public static final double CAPTURE_RANGE = 0.6;

  private final FocusScale scale;
  private final double[] focus;

  /**
   * @param scale scale of the focus values
   * @param focus focus of each plane, strictly ascending (far to near)
   * @throws IllegalArgumentException for fewer than 3 or more than 64 planes, for values that are
   *     not finite, negative dioptres, or not ascending; the message states which
   */
  public FocusAxis(FocusScale scale, double... focus) {
    if (focus.length < MIN_PLANES || focus.length > MAX_PLANES) {
      throw new IllegalArgumentException(
          "the sweep has "
              + focus.length
              + " planes; expected "
              + MIN_PLANES
              + " to "
              + MAX_PLANES);
    }
    for (int i = 0; i < focus.length; i++) {
      if (!Double.isFinite(focus[i]) || (scale.isMetric() && focus[i] < 0)) {
        throw new IllegalArgumentException(
            "focus of plane "
                + i
                + " is "
                + focus[i]
                + "; expected a finite number"
                + (scale.isMetric() ? " of dioptres, 0 or more" : ""));
      }
      if (i > 0 && focus[i] <= focus[i - 1]) {
        throw new IllegalArgumentException(
            "focus of plane "
                + i
                + " is "
                + focus[i]
                + " after "
                + focus[i - 1]
                + "; expected strictly ascending values, far to near");
      }
    }
    this.scale = scale;
    this.focus = focus.clone();
  }

  /** Returns an axis with planes at equal distances in dioptres. */
  public static FocusAxis uniformDioptres(double farthest, double nearest, int planes) {
    double[] focus = new double[Math.max(planes, 0)];
    for (int i = 0; i < planes; i++) {
      focus[i] = farthest + (nearest - farthest) * i / (planes - 1);
    }
    return new FocusAxis(FocusScale.DIOPTRE, focus);
  }

  /** Scale of the focus values. */
  public FocusScale scale() {
    return scale;
  }

  /** Number of planes. */
  public int planes() {
    return focus.length;
  }

  /** Focus of a plane. */
  public double focus(int plane) {
    return focus[plane];
  }

  /** Returns a copy of the focus of all planes. */
  public double[] focus() {
    return focus.clone();
  }

  /** Focus of plane 0. */
  public double farthest() {
    return focus[0];
  }

  /** Focus of the last plane. */
  public double nearest() {
    return focus[focus.length - 1];
  }

  /**
   * Returns the plane that a reading belongs to.
   *
   * @return the plane nearest to it (of two at the same distance, the one nearer to the camera); −1
   *     if the reading is NaN or farther from every plane than {@link #CAPTURE_RANGE} permits
   */
  public int planeOf(double reading) {
    if (Double.isNaN(reading)) {
      return -1;
    }
    int above = upperBound(reading);
    if (above == 0) {
      return focus[0] - reading <= CAPTURE_RANGE * (focus[1] - focus[0]) ? 0 : -1;
    }
    int last = focus.length - 1;
    if (above > last) {
      double step = focus[last] - focus[last - 1];
      return reading - focus[last] <= CAPTURE_RANGE * step ? last : -1;
    }
    return reading - focus[above - 1] < focus[above] - reading ? above - 1 : above;
  }

  /** Position of a focus: 0 at the farthest plane, 1 at the nearest, not clipped. */
  public double positionOf(double value) {
    return (value - farthest()) / (nearest() - farthest());
  }

  /** Focus at a position; the inverse of {@link #positionOf}. */
  public double focusAt(double position) {
    return farthest() + position * (nearest() - farthest());
  }

  /** Fractional plane number of a focus, linear between planes, beyond the ends by the end step. */
  public double planesAt(double value) {
    int above = Math.min(Math.max(upperBound(value), 1), focus.length - 1);
    return above - 1 + (value - focus[above - 1]) / (focus[above] - focus[above - 1]);
  }

  /** Focus at a fractional plane number; the inverse of {@link #planesAt}. */
  public double focusAtPlane(double plane) {
    int below = (int) Math.min(Math.max(Math.floor(plane), 0), focus.length - 2);
    return focus[below] + (plane - below) * (focus[below + 1] - focus[below]);
  }

  private int upperBound(double value) {
    int found = Arrays.binarySearch(focus, value);
    return found >= 0 ? found + 1 : -found - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FocusAxis axis
        && axis.scale == scale
        && Arrays.equals(axis.focus, focus);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(focus) * 31 + scale.hashCode();
  }

  @Override
  public String toString() {
    return "FocusAxis["
        + scale
        + ", "
        + planes()
        + " planes, "
        + farthest()
        + " to "
        + nearest()
        + "]";
  }
}
