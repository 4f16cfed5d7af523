package io.github.rackfocus.lens;

import java.io.IOException;

/** A lens cannot be reached, or answered what cannot be. The message names the device. */
public final class LensException extends IOException {
  private static final long serialVersionUID = 1L;

  public LensException(String message) {
    super(message);
  }

  public LensException(String message, Throwable cause) {
    super(message, cause);
  }
}
