package io.github.rackfocus.sweep;

/** What became of a lens reading that was offered to a {@link FrameFocusMatcher}. */
public enum ReadingResult {
  /** Kept. */
  TAKEN(true, "taken"),
  /** Kept, after all others were forgotten because time jumped back. */
  RESTARTED_BY_TIME(true, "restarted: time jumped back"),
  /** Refused: neither focus nor lens power is known. */
  NOT_A_NUMBER(false, "readingNaN"),
  /** Refused: infinite, or focus beyond what a lens can do. */
  OUT_OF_RANGE(false, "readingOutOfRange"),
  /** Refused: no stamp, so nobody knows when it held. */
  NO_STAMP(false, "readingNoStamp"),
  /** Refused: not later than the newest one. */
  BACKWARDS(false, "readingBackwards");

  private final boolean taken;
  private final String key;

  ReadingResult(boolean taken, String key) {
    this.taken = taken;
    this.key = key;
  }

  /** Whether the reading counts. */
  public boolean isTaken() {
    return taken;
  }

  /** The cause under which a refused reading is counted. */
  public String key() {
    return key;
  }
}
