package io.github.rackfocus.examples;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.sink.DepthSink;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes one line per depth map to a CSV file: the stamp, the sequence number, the share of pixels
 * with a depth, and the smallest depth in metres (empty if no pixel has one).
 *
 * <p>A sink is called by a thread of its own, so it may block; while it does, maps queue up and
 * then the oldest are dropped. It closes no map: the caller does, after {@link #accept} returns.
 */
public final class CsvDepthSink implements DepthSink {
  private final BufferedWriter out;

  /**
   * Creates the file, or overwrites it.
   *
   * @throws IOException if the file cannot be written
   */
  public CsvDepthSink(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
    out.write("stamp_nanos,sequence,published_share,nearest_m\n");
  }

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public void accept(DepthMap map) throws IOException {
    float nearest = nearestDepth(map);
    out.write(
        map.info().stampNanos()
            + ","
            + map.info().sequence()
            + ","
            + map.info().validShare()
            + ","
            + (Float.isNaN(nearest) ? "" : nearest)
            + "\n");
    out.flush(); // A line that was accepted survives the end of the process.
  }

  /** Smallest valid depth, NaN if there is none. */
  private static float nearestDepth(DepthMap map) {
    float nearest = Float.NaN;
    for (int i = 0; i < map.pixels(); i++) {
      // Validity first: depth is -Inf where the scene is nearer than the sweep.
      if (map.validity().get(i) == 0 && !(map.depth().get(i) >= nearest)) {
        nearest = map.depth().get(i);
      }
    }
    return nearest;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
