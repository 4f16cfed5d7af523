package io.github.rackfocus.ros.net;

/** Thrown if a call to the master, to another node or to a service fails. */
public final class RosException extends Exception {
  private static final long serialVersionUID = 1L;

  public RosException(String message) {
    super(message);
  }

  public RosException(String message, Throwable cause) {
    super(message, cause);
  }
}
