package io.github.rackfocus.sweep;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures how lens readings are matched to frames.
 *
 * @param powerGain dioptres of focus per dioptre of lens power: {@code focus = powerGain * power +
 *     powerOffset}, used for readings that have only the power
 * @param powerOffset dioptres of focus at lens power 0
 * @param between what the lens does between two readings
 * @param exposureOffsetNanos mid-exposure minus a frame's stamp
 * @param maxWaitNanos longest time a frame waits for a reading that has not arrived
 * @param maxReadingAgeNanos longest time a reading is valid, and greatest distance of two readings
 *     between which focus is interpolated
 * @param timing when the optics are where a reading says
 * @param drift how focus changes with temperature, used for readings that have only the power
 * @param toleranceDioptres greatest error of a focus between readings: where the lens may have been
 *     farther from the line between two readings, because it turned or flew back, the focus is
 *     unknown. {@link #TOLERANCE_PLANES} of a plane keep a frame on its plane
 */
@RecordBuilder
public record MatchingConfig(
    double powerGain,
    double powerOffset,
    Between between,
    long exposureOffsetNanos,
    long maxWaitNanos,
    long maxReadingAgeNanos,
    LensTiming timing,
    LensDrift drift,
    double toleranceDioptres)
    implements MatchingConfigBuilder.With {
  /** What the lens does between two readings. */
  public enum Between {
    /** A reading with direction 0 holds until the next one; any other is on its way to it. */
    BY_DIRECTION,
    /** Every reading holds until the next one: a lens that steps. */
    HELD,
    /** The lens moves evenly from each reading to the next: a lens that never rests. */
    LINEAR
  }

  /** Share of the distance of two planes that is a sound {@link #toleranceDioptres}. */
  public static final double TOLERANCE_PLANES = 0.25;

  /** Power is focus, stamps are mid-exposure, frames wait 30 ms, readings are valid for 1 s. */
  public static final MatchingConfig DEFAULTS =
      new MatchingConfig(1, 0, Between.BY_DIRECTION, 0, 30_000_000, 1_000_000_000);

  /** Creates a configuration for a lens without delay and drift, without any tolerance. */
  public MatchingConfig(
      double powerGain,
      double powerOffset,
      Between between,
      long exposureOffsetNanos,
      long maxWaitNanos,
      long maxReadingAgeNanos) {
    this(
        powerGain,
        powerOffset,
        between,
        exposureOffsetNanos,
        maxWaitNanos,
        maxReadingAgeNanos,
        LensTiming.NONE,
        LensDrift.NONE,
        0);
  }

  /** Checks every field; a fault names the field, what was found and what is expected. */
  public MatchingConfig {
    if (!Double.isFinite(powerGain) || powerGain == 0) {
      throw new IllegalArgumentException(
          "powerGain is " + powerGain + "; expected a finite number other than 0");
    }
    if (!Double.isFinite(powerOffset)) {
      throw new IllegalArgumentException(
          "powerOffset is " + powerOffset + "; expected a finite number of dioptres");
    }
    if (maxWaitNanos < 0) {
      throw new IllegalArgumentException("maxWait is " + maxWaitNanos + " ns; expected 0 or more");
    }
    if (maxReadingAgeNanos < 1) {
      throw new IllegalArgumentException(
          "maxReadingAge is " + maxReadingAgeNanos + " ns; expected more than 0");
    }
    if (!(toleranceDioptres >= 0)) {
      throw new IllegalArgumentException(
          "toleranceDioptres is " + toleranceDioptres + "; expected 0 or more");
    }
  }

  /**
   * Returns the focus at a lens power, dioptres.
   *
   * @param celsius temperature of the lens; NaN if unknown
   * @param direction of the lens, +1 to nearer, -1 to farther, 0 unknown or at rest
   */
  public double focusAtPower(double powerDioptres, double celsius, int direction) {
    return powerGain * powerDioptres
        + powerOffset
        + drift.at(celsius)
        - timing.hysteresisDioptres() * direction;
  }

  /**
   * Returns the lens power at which the lens has a focus: the inverse of {@link #focusAtPower}.
   *
   * @param celsius temperature of the lens; NaN if unknown
   * @param direction of the lens, +1 to nearer, -1 to farther, 0 unknown or at rest
   */
  public double powerAtFocus(double focusDioptres, double celsius, int direction) {
    return (focusDioptres
            - powerOffset
            - drift.at(celsius)
            + timing.hysteresisDioptres() * direction)
        / powerGain;
  }

  /** Returns this configuration with the tolerance that the planes of a sweep allow. */
  public MatchingConfig withToleranceFor(FocusAxis axis) {
    double closest = Double.POSITIVE_INFINITY;
    for (int plane = 1; plane < axis.planes(); plane++) {
      closest = Math.min(closest, axis.focus(plane) - axis.focus(plane - 1));
    }
    return withToleranceDioptres(TOLERANCE_PLANES * closest);
  }

  /** Returns this configuration with what a camera file says of the lens. */
  public MatchingConfig with(LensCalibration lens) {
    return withPowerGain(lens.powerGain())
        .withPowerOffset(lens.powerOffset())
        .withTiming(lens.timing())
        .withDrift(lens.drift());
  }
}
