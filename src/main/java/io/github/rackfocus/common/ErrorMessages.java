package io.github.rackfocus.common;

/** Messages of exceptions, for operators. */
public final class ErrorMessages {
  private ErrorMessages() {}

  /** Returns the message of an exception, or its type if it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof OutOfMemoryError) {
      return "out of memory ("
          + message
          + "); use smaller or binned images or fewer planes, or raise -Xmx (JAVA_OPTS)";
    }
    return message == null ? failure.toString() : message;
  }
}
