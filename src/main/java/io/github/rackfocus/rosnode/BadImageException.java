package io.github.rackfocus.rosnode;

/** An image that can't become a frame; the message says what was found and what was expected. */
final class BadImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final InputFault fault;

  BadImageException(InputFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** Under which cause it counts. */
  InputFault fault() {
    return fault;
  }
}
