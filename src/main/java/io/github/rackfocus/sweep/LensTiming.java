package io.github.rackfocus.sweep;

/**
 * When the optics are where a lens reading says. A reading stamped {@code t} by the lens's clock
 * describes the image of camera time {@code t + clockOffset + lag}, with the lag of the direction
 * of motion. A lens with hysteresis also stays behind its reading by a constant amount of focus.
 *
 * @param lagUpSeconds delay while the lens moves to nearer
 * @param lagDownSeconds delay while it moves to farther
 * @param clockOffsetSeconds camera time minus time of the lens readings
 * @param hysteresisDioptres focus by which the lens stays behind its reading: subtracted while it
 *     moves to nearer, added while it moves to farther
 */
public record LensTiming(
    double lagUpSeconds,
    double lagDownSeconds,
    double clockOffsetSeconds,
    double hysteresisDioptres) {
  /** Readings hold at their stamps. */
  public static final LensTiming NONE = new LensTiming(0, 0, 0, 0);

  private static final double MAX_SECONDS = 10;
  private static final double MAX_HYSTERESIS = 10;

  /** Checks every field; errors use the keys of camera files. */
  public LensTiming {
    LensBreathing.check("lag_up", lagUpSeconds, -MAX_SECONDS, MAX_SECONDS, "s");
    LensBreathing.check("lag_down", lagDownSeconds, -MAX_SECONDS, MAX_SECONDS, "s");
    LensBreathing.check("clock_offset", clockOffsetSeconds, -MAX_SECONDS, MAX_SECONDS, "s");
    LensBreathing.check(
        "hysteresis", hysteresisDioptres, -MAX_HYSTERESIS, MAX_HYSTERESIS, "dioptres");
  }

  /** Returns how much later than its stamp a reading holds, nanoseconds, moving to nearer. */
  long delayUpNanos() {
    return Math.round(1e9 * (clockOffsetSeconds + lagUpSeconds));
  }

  /** Returns how much later than its stamp a reading holds, nanoseconds, moving to farther. */
  long delayDownNanos() {
    return Math.round(1e9 * (clockOffsetSeconds + lagDownSeconds));
  }
}
