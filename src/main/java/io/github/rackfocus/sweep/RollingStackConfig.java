package io.github.rackfocus.sweep;

import io.github.rackfocus.registration.RegistrationMode;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures when a rolling focal stack is ready and how motion is removed and detected.
 *
 * @param maxStackAgeNanos oldest age of a plane in a stack, nanoseconds; 0: {@link #PERIODS_OF_AGE}
 *     measured sweep periods
 * @param allowMissingPlanes whether a plane without a fresh frame may borrow its neighbour's,
 *     flagged, instead of holding back the whole stack
 * @param everyNth a stack is issued after every n-th accepted frame
 * @param motionThreshold difference of a cell's mean luma, 0 to 255, between two visits of a plane
 *     that counts as motion; 0 turns the detection off
 * @param registration which motion between the frames is removed
 */
@RecordBuilder
public record RollingStackConfig(
    long maxStackAgeNanos,
    boolean allowMissingPlanes,
    int everyNth,
    double motionThreshold,
    RegistrationMode registration)
    implements RollingStackConfigBuilder.With {
  /** Measured sweep periods after which a plane is stale. */
  public static final double PERIODS_OF_AGE = 1.5;

  /**
   * A stack after every frame, no missing planes, age limit measured, motion removed and detected.
   */
  public static final RollingStackConfig DEFAULTS =
      new RollingStackConfig(0, false, 1, 6, RegistrationMode.AUTO);

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
}
