package io.github.rackfocus.frame;

/** Whether frames carry colour beside their luma. */
public enum ColourMode {
  /** Where the source has colour and something asks for it. */
  AUTO,
  /** Never. */
  OFF
}
