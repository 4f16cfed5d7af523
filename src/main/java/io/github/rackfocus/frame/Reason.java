package io.github.rackfocus.frame;

/** What an exception says to an operator. */
public final class Reason {
  private Reason() {}

  /** The message, or the kind of exception where it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
