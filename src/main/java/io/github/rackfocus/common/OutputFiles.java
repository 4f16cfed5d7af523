package io.github.rackfocus.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Writes files, and says which file could not be written and why: for a full disk, Java's own
 * message is the reason without the file, otherwise the file without the reason.
 */
public final class OutputFiles {
  private OutputFiles() {}

  /** Writes a file. */
  @FunctionalInterface
  public interface Writer {
    void write(Path file) throws IOException;
  }

  /**
   * Writes a file; one that cannot be written completely is deleted.
   *
   * @throws IOException a sentence with the file and the reason
   */
  public static void write(Path file, Writer writer) throws IOException {
    try {
      writer.write(file);
    } catch (IOException e) {
      try {
        // A device or a pipe is not ours to delete.
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw cannotWrite(file, e);
    }
  }

  /** Writes bytes; errors as in {@link #write(Path, Writer)}. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, to -> Files.write(to, content));
  }

  /** Writes text as UTF-8; errors as in {@link #write(Path, Writer)}. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns an exception whose message names the file and the reason. */
  public static IOException cannotWrite(Path file, IOException cause) {
    return new IOException(file + " cannot be written: " + reason(cause), cause);
  }

  /** Returns the reason of a failure. */
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
