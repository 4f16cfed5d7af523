package io.github.rackfocus.ros.message;

/** Thrown if received bytes do not match their type: a message, a header or an XML-RPC document. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
