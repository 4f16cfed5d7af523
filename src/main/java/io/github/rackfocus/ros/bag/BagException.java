package io.github.rackfocus.ros.bag;

import java.io.IOException;

/** A bag, or a part of it, that can't be read; the message says what was found and expected. */
public final class BagException extends IOException {
  private static final long serialVersionUID = 1L;

  public BagException(String message) {
    super(message);
  }

  public BagException(String message, Throwable cause) {
    super(message, cause);
  }
}
