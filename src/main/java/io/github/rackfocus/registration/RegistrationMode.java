package io.github.rackfocus.registration;

import java.util.Locale;

/** Which motion between the frames of a sweep is removed. */
public enum RegistrationMode {
  /**
   * Lens and camera; motion below a tenth of a pixel is ignored, so a still camera costs little.
   */
  AUTO,
  /**
   * Only what the lens does: breathing and drift of the centre with focus, equal in every sweep.
   */
  LENS,
  /** Lens and camera, however small the motion. */
  FULL,
  /** None: frames are stacked as they come. */
  OFF;

  /** Name in configuration and messages. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
