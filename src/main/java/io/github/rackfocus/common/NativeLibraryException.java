package io.github.rackfocus.common;

/** A native library cannot be unpacked or loaded; the message is a sentence for the operator. */
public final class NativeLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NativeLibraryException(String message) {
    super(message);
  }

  NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
