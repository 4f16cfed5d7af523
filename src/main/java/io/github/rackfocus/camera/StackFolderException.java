package io.github.rackfocus.camera;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stack folder is invalid; the message names the file, what was found and what was expected. */
public final class StackFolderException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param file the file or folder at fault
   * @param found what was found, and where in the file
   * @param expected what was expected
   * @param cause the underlying failure, or null
   */
  StackFolderException(Path file, String found, String expected, @Nullable Throwable cause) {
    super(file + ": " + found + "; expected " + expected, cause);
  }

  StackFolderException(Path file, String found, String expected) {
    this(file, found, expected, null);
  }

  /** Creates an exception with a complete message. */
  StackFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
