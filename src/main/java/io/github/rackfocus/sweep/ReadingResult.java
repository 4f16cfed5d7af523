package io.github.rackfocus.sweep;

/**
 * Result of adding a lens reading to a {@link FrameFocusMatcher}. From the stamp of a rejected
 * reading until the next one the focus is unknown.
 */
public enum ReadingResult {
  /** Accepted. */
  TAKEN(true, "taken"),
  /** Accepted, after all others were discarded because time jumped back. */
  RESTARTED_BY_TIME(true, "restarted: time jumped back"),
  /** Rejected: neither focus nor lens power is known. */
  NOT_A_NUMBER(false, "readingNaN"),
  /** Rejected: infinite, or beyond -1000 to 1000 dioptres, which no lens reaches. */
  OUT_OF_RANGE(false, "readingOutOfRange"),
  /** Rejected: without a stamp, so its time is unknown. */
  NO_STAMP(false, "readingNoStamp"),
  /**
   * Rejected: not later than the newest reading. What agrees with the readings around it changes
   * nothing.
   */
  BACKWARDS(false, "readingBackwards"),
  /** Rejected: a trigger count that is that of the message before. */
  NOT_COUNTING(false, "countStuck");

  private final boolean taken;
  private final String key;

  ReadingResult(boolean taken, String key) {
    this.taken = taken;
    this.key = key;
  }

  /** Whether the reading was accepted. */
  public boolean isTaken() {
    return taken;
  }

  /** Cause under which a rejected reading is counted. */
  public String key() {
    return key;
  }
}
