package io.github.rackfocus.sink;

import java.nio.file.Path;

/**
 * Configures what the file sink writes, and where.
 *
 * @param folder parent of one folder per map, named {@code map-} and the map's sequence number
 * @param every one of every n maps is written, at least 1; the last map always is
 * @param keepLast maps that are kept, the oldest being deleted; 0 keeps all
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

  /** Returns a configuration that writes and keeps every map. */
  public static FileSinkConfig all(Path folder) {
    return new FileSinkConfig(folder, 1, 0);
  }
}
