package io.github.rackfocus.kafka.codec;

import java.io.IOException;

/** A record that is no frame a worker can take; the message says why in one sentence. */
public final class RejectedFrameException extends IOException {
  private static final long serialVersionUID = 1;

  /** Under which records that are refused are counted. */
  public enum Cause {
    /** It says that it is of another type. */
    FOREIGN("foreign"),
    /** It is cut off, its parts contradict each other, or something is missing. */
    MALFORMED("malformed"),
    /** Its image has more pixels than are taken. */
    OVERSIZE("oversize"),
    /** It is sound, but the model can't take its sweep. */
    UNSUPPORTED("unsupported"),
    /** It is sound, but this worker has as many cameras as it may have. */
    NO_ROOM("noRoom");

    private final String key;

    Cause(String key) {
      this.key = key;
    }

    /** The name in health and logs. */
    public String key() {
      return key;
    }
  }

  private final Cause cause;

  public RejectedFrameException(Cause cause, String message) {
    super(message);
    this.cause = cause;
  }

  RejectedFrameException(Cause cause, String message, Exception why) {
    super(message, why);
    this.cause = cause;
  }

  /** Under which it is counted. */
  public Cause reason() {
    return cause;
  }
}
