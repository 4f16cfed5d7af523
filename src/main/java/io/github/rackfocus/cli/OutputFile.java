package io.github.rackfocus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks output files before a command spends minutes on their content. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Checks that a file can be created.
   *
   * @param file null if nothing is to be written
   * @throws IOException if it is a folder, or its folder is missing or not writable
   */
  static void checkWritable(@Nullable Path file) throws IOException {
    if (file == null) {
      return;
    }
    Path parent = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)
        || Files.exists(file) && !Files.isWritable(file)
        || parent == null
        || !Files.isWritable(parent)) {
      throw new IOException(file + ": cannot be written; expected a file in a writable folder");
    }
  }
}
