package io.github.rackfocus.sweep;

/**
 * How lens readings are laid on frames.
 *
 * @param powerGain dioptres of focus a dioptre of lens power: {@code focus = powerGain * power +
 *     powerOffset}, used where a reading tells only the power
 * @param powerOffset dioptres of focus at lens power 0
 * @param between what the lens does between two readings
 * @param exposureOffsetNanos mid-exposure minus a frame's stamp
 * @param maxWaitNanos how long a frame waits at most for a reading that is not there yet
 * @param maxReadingAgeNanos how long a reading holds at most, and how far apart two readings may be
 *     for what lies between them to be known
 */
public record MatchingConfig(
    double powerGain,
    double powerOffset,
    Between between,
    long exposureOffsetNanos,
    long maxWaitNanos,
    long maxReadingAgeNanos) {
  /** What the lens does between two readings. */
  public enum Between {
    /** A reading with direction 0 holds until the next one; any other is on its way to it. */
    BY_DIRECTION,
    /** Every reading holds until the next one: a lens that steps. */
    HELD,
    /** The lens moves evenly from each reading to the next: a lens that is never still. */
    LINEAR
  }

  /** Power is focus, stamps are mid-exposure, 30 ms of patience, readings hold for a second. */
  public static final MatchingConfig DEFAULT =
      new MatchingConfig(1, 0, Between.BY_DIRECTION, 0, 30_000_000, 1_000_000_000);

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
  }

  /** The same with another line from lens power to focus, as a camera file gives it. */
  public MatchingConfig withPower(double gain, double offset) {
    return new MatchingConfig(
        gain, offset, between, exposureOffsetNanos, maxWaitNanos, maxReadingAgeNanos);
  }

  /** The same with another idea of the lens between two readings. */
  public MatchingConfig withBetween(Between value) {
    return new MatchingConfig(
        powerGain, powerOffset, value, exposureOffsetNanos, maxWaitNanos, maxReadingAgeNanos);
  }

  /** The same with another patience. */
  public MatchingConfig withMaxWait(long nanos) {
    return new MatchingConfig(
        powerGain, powerOffset, between, exposureOffsetNanos, nanos, maxReadingAgeNanos);
  }

  /** Focus at a lens power, dioptres. */
  public double focusAtPower(double powerDioptres) {
    return powerGain * powerDioptres + powerOffset;
  }
}
