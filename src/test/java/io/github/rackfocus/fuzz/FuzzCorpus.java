package io.github.rackfocus.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The stored inputs of the harnesses: their seeds, and what made them fail once. */
public final class FuzzCorpus {
  private static final Path ROOT = Path.of("src", "test", "resources", "fuzz");

  private FuzzCorpus() {}

  /** Returns the folder of a harness. */
  static Path folder(FuzzTarget target) {
    return ROOT.resolve(target.key());
  }

  /** Returns the inputs of a harness in the order of their names. */
  static List<Path> files(FuzzTarget target) throws IOException {
    try (Stream<Path> files = Files.list(folder(target))) {
      return files.sorted().toList();
    }
  }

  /** Writes the seeds of all harnesses anew; leaves other inputs as they are. */
  public static void main(String[] args) throws Exception {
    for (FuzzTarget target : FuzzTarget.values()) {
      Path folder = Files.createDirectories(folder(target));
      for (Map.Entry<String, byte[]> seed : target.create().seeds().entrySet()) {
        Files.write(folder.resolve(seed.getKey().toLowerCase(Locale.ROOT)), seed.getValue());
      }
    }
  }
}
