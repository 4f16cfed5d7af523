package io.github.rackfocus.depth;

import java.util.Locale;

/** The stages of a map's way, in order; times by stage are published under these names. */
public enum Stage {
  /**
   * From mid-exposure to the last byte in memory, where the source's time can be compared with
   * ours; otherwise 0.
   */
  RECEIVE,
  /** To luma, rectified. */
  DECODE,
  /** The per-image stage of the model. */
  FRAME,
  /** Waiting for the estimator. */
  WAIT,
  /** The per-stack stage of the model. */
  STACK,
  /** Metres and validity. */
  FINISH,
  /** Hand-over to the sinks. */
  PUBLISH;

  /** The published name. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
