package io.github.rackfocus.ros.message;

/** Bytes from outside that are not what their type says: a message, a header or an XML-RPC text. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
