package io.github.rackfocus.ros.bag;

import java.io.IOException;

/** Thrown if a bag or a part of it is invalid; the message says what was found and expected. */
public final class BagException extends IOException {
  private static final long serialVersionUID = 1L;

  public BagException(String message) {
    super(message);
  }

  public BagException(String message, Throwable cause) {
    super(message, cause);
  }
}
