package io.github.rackfocus.common;

/** What an exception says to an operator. */
public final class ErrorMessages {
  private ErrorMessages() {}

  /** The message, or the kind of exception where it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
