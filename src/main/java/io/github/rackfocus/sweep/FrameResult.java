package io.github.rackfocus.sweep;

/** What became of a frame that was offered to a rolling stack. */
public enum FrameResult {
  /** On its plane. */
  PLACED(true, "placed"),
  /** On its plane, after the stack was emptied because the image size changed. */
  RESTARTED_BY_SIZE(true, "restarted: image size changed"),
  /** On its plane, after the stack was emptied because time jumped back. */
  RESTARTED_BY_TIME(true, "restarted: time jumped back"),
  /** Dropped: nobody knows where the lens stood. */
  NO_READING(false, "noReading"),
  /** Dropped: in focus too far from any plane. */
  OUT_OF_SWEEP(false, "outOfSweep"),
  /** Dropped: a frame with this stamp is in the stack already. */
  DUPLICATE(false, "duplicate"),
  /** Dropped: its plane has a newer frame. */
  LATE(false, "late");

  private final boolean placed;
  private final String key;

  FrameResult(boolean placed, String key) {
    this.placed = placed;
    this.key = key;
  }

  /** Whether the frame is in the stack. */
  public boolean isPlaced() {
    return placed;
  }

  /** The cause under which a dropped frame is counted. */
  public String key() {
    return key;
  }
}
