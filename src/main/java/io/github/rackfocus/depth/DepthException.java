package io.github.rackfocus.depth;

/** Thrown when depth cannot be computed; the message states what the operator can do. */
public final class DepthException extends RuntimeException {
  public DepthException(String message, Throwable cause) {
    super(message, cause);
  }

  public DepthException(String message) {
    super(message);
  }
}
