package io.github.rackfocus.sweep;

/** Why the focus of a frame is unknown. */
public enum UnknownFocus {
  /** No reading is near enough in time. */
  NO_READING("imageReadingNone"),
  /**
   * The readings used to come with every frame and this frame's did not come, or not in time: the
   * one before may be of another plane.
   */
  LATE("imageReadingLate"),
  /** The reading that would hold was rejected: what the lens did from then on is unknown. */
  REFUSED("imageReadingRefused"),
  /** Between its two readings the lens turned, flew back, or moved against its direction. */
  TURNED("imageLensTurned"),
  /** Frames were lost, or their count cannot be trusted. */
  COUNT_LOST("imageCountLost");

  private final String key;

  UnknownFocus(String key) {
    this.key = key;
  }

  /** The cause under which such a frame is counted. */
  public String key() {
    return key;
  }
}
