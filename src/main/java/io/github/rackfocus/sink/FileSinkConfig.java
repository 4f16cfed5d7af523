package io.github.rackfocus.sink;

import java.nio.file.Path;

/**
 * What the file sink writes, and where.
 *
 * @param folder where each map gets a folder of its own, {@code map-} and its sequence
 * @param every writes one of so many maps, at least 1; the last one is written in any case
 * @param keepLast how many maps are kept, the oldest being deleted; 0 keeps all
 */
public record FileSinkConfig(Path folder, int every, int keepLast) {
  public FileSinkConfig {
    if (every < 1) {
      throw new IllegalArgumentException(
          "file sink: every is " + every + "; expected 1 or more (1 writes every map)");
    }
    if (keepLast < 0) {
      throw new IllegalArgumentException(
          "file sink: keepLast is " + keepLast + "; expected 0 (keep all) or more");
    }
  }

  /** Every map, all kept. */
  public static FileSinkConfig all(Path folder) {
    return new FileSinkConfig(folder, 1, 0);
  }
}
