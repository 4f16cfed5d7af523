package io.github.rackfocus.depth;

import java.util.Locale;

/**
 * The stages of a map, in the order in which their times are published. In time, {@link #WAIT}
 * precedes {@link #FRAME}.
 */
public enum Stage {
  /**
   * From mid-exposure to the arrival of the last byte; 0 if the source's clock cannot be compared
   * with this machine's.
   */
  RECEIVE,
  /** From the arrival to rectified luma. */
  DECODE,
  /** The frame stage of the model: what depends on one image. */
  FRAME,
  /** From rectified luma until the estimator is free. */
  WAIT,
  /** The stack stage of the model. */
  STACK,
  /** Post-processing: metres and validity. */
  FINISH,
  /** Hand-over to the sinks. */
  PUBLISH;

  /** The published name. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
