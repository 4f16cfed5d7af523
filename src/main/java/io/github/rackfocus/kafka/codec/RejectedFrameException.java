package io.github.rackfocus.kafka.codec;

import java.io.IOException;

/** Thrown when a worker cannot use a record; the message says why. */
public final class RejectedFrameException extends IOException {
  private static final long serialVersionUID = 1;

  /** The reasons by which rejected records are counted. */
  public enum Cause {
    /** The record has another type. */
    FOREIGN("foreign"),
    /** The record is truncated, inconsistent or incomplete. */
    MALFORMED("malformed"),
    /** The image has more pixels than allowed. */
    OVERSIZE("oversize"),
    /** The frame is valid, but the model does not support its sweep. */
    UNSUPPORTED("unsupported"),
    /** The frame is valid, but the worker has no room for another camera. */
    NO_ROOM("noRoom");

    private final String key;

    Cause(String key) {
      this.key = key;
    }

    /** The name in health records and logs. */
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

  /** The reason by which it is counted. */
  public Cause reason() {
    return cause;
  }
}
