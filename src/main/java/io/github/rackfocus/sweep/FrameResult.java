package io.github.rackfocus.sweep;

/** Result of offering a frame to a rolling stack. */
public enum FrameResult {
  /** Placed on its plane. */
  PLACED(true, "placed"),
  /** Placed on its plane, after the stack was emptied because the image size changed. */
  RESTARTED_BY_SIZE(true, "restarted: image size changed"),
  /** Placed on its plane, after the stack was emptied because time jumped back. */
  RESTARTED_BY_TIME(true, "restarted: time jumped back"),
  /** Placed on its plane, after the stack was emptied because the motion could not be followed. */
  RESTARTED_BY_MOTION(true, "restarted: the motion could not be followed"),
  /** Dropped: it could not be registered with the other frames. */
  UNREGISTERED(false, "unregistered"),
  /** Dropped: the focus of the lens is unknown. */
  NO_READING(false, "noReading"),
  /** Dropped: its focus is too far from every plane. */
  OUT_OF_SWEEP(false, "outOfSweep"),
  /** Dropped: the lens was not settled, and its plane has a fresh frame of a settled lens. */
  UNSETTLED(false, "unsettled"),
  /** Dropped: the stack already has a frame with this stamp. */
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
