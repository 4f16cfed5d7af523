package io.github.rackfocus.common;

/** Messages of exceptions, for operators. */
public final class ErrorMessages {
  private ErrorMessages() {}

  /** Returns the message of an exception, or its type if it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
