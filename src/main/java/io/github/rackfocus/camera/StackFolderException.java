package io.github.rackfocus.camera;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A stack folder is not as it has to be: one sentence with the file, what was found and expected.
 */
public final class StackFolderException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param file the file or folder at fault
   * @param found what was found, with its place in the file
   * @param expected what was expected
   * @param cause what brought it to light, or null
   */
  StackFolderException(Path file, String found, String expected, @Nullable Throwable cause) {
    super(file + ": " + found + "; expected " + expected, cause);
  }

  StackFolderException(Path file, String found, String expected) {
    this(file, found, expected, null);
  }

  /** Passes on a sentence that names file, found and expected already. */
  StackFolderException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
