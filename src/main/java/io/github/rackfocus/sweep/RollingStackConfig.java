package io.github.rackfocus.sweep;

/**
 * How a rolling stack judges what it has.
 *
 * @param maxStackAgeNanos oldest age of a plane in a stack, nanoseconds; 0: {@link #PERIODS_OF_AGE}
 *     sweep periods, measured
 * @param allowMissingPlanes whether a plane without a fresh frame may borrow its neighbour's,
 *     flagged, instead of keeping the whole stack waiting
 * @param everyNth a stack after every n-th accepted frame
 * @param motionThreshold difference of a cell's mean luma, 0 to 255, between two visits of a plane
 *     that counts as motion; 0: motion is not looked for
 */
public record RollingStackConfig(
    long maxStackAgeNanos, boolean allowMissingPlanes, int everyNth, double motionThreshold) {
  /** Measured sweep periods after which a plane is too old. */
  public static final double PERIODS_OF_AGE = 1.5;

  /** A stack after every frame, all planes there, age measured, motion marked. */
  public static final RollingStackConfig DEFAULT = new RollingStackConfig(0, false, 1, 6);

  public RollingStackConfig {
    if (maxStackAgeNanos < 0) {
      throw new IllegalArgumentException(
          "maxStackAge is " + maxStackAgeNanos + " ns; expected 0 (measured) or more");
    }
    if (everyNth < 1) {
      throw new IllegalArgumentException("everyNth is " + everyNth + "; expected 1 or more");
    }
    if (!(motionThreshold >= 0)) {
      throw new IllegalArgumentException(
          "motionThreshold is " + motionThreshold + "; expected 0 (off) or more");
    }
  }

  /** The same with a stack after every n-th accepted frame. */
  public RollingStackConfig withEveryNth(int frames) {
    return new RollingStackConfig(maxStackAgeNanos, allowMissingPlanes, frames, motionThreshold);
  }
}
