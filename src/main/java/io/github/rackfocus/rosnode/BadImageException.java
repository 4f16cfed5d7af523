package io.github.rackfocus.rosnode;

/** Thrown if an image cannot become a frame; the message says what was found and expected. */
final class BadImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final InputFault fault;

  BadImageException(InputFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** Returns the cause under which it is counted. */
  InputFault fault() {
    return fault;
  }
}
