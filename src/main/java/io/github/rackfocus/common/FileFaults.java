package io.github.rackfocus.common;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says why a file cannot be written, for operators. */
public final class FileFaults {
  private FileFaults() {}

  /** Returns an exception whose message names the file and the reason. */
  public static IOException cannotWrite(Path file, IOException cause) {
    return new IOException(file + " cannot be written: " + reason(cause), cause);
  }

  /** Returns the reason of a failure; Java's own message is often only the path. */
  public static String reason(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "a file with that name exists";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return ErrorMessages.of(e);
  }
}
