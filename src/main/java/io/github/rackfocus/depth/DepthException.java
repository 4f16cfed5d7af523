package io.github.rackfocus.depth;

/** Depth could not be computed; the message says what the operator can do. */
public final class DepthException extends RuntimeException {
  public DepthException(String message, Throwable cause) {
    super(message, cause);
  }

  public DepthException(String message) {
    super(message);
  }
}
