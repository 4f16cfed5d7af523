package io.github.rackfocus.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder with the file that an input is written to, for readers of files. */
public final class ScratchFile {
  private final Path folder;
  private final Path file;

  /**
   * @param name of the file
   */
  public ScratchFile(String name) {
    try {
      folder = Files.createTempDirectory("fuzz");
      file = folder.resolve(name);
      Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the file anew. */
  public Path with(byte[] content) throws IOException {
    return Files.write(file, content);
  }

  /** Returns the folder. */
  public Path folder() {
    return folder;
  }

  /** Deletes all files in the folder. */
  public void clear() throws IOException {
    List<Path> all;
    try (Stream<Path> below = Files.list(folder)) {
      all = below.toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  private void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      // The folder for temporary files is cleaned by the system.
    }
  }
}
