package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.io.IOException;
import java.util.Map;

/**
 * Where depth maps go: files, Kafka, topics, a page.
 *
 * <p>Each sink has a thread of its own, run by {@link SinkFanOut}, which alone calls {@link
 * #accept} and then {@link #close}; a slow or broken sink costs only itself.
 */
public interface DepthSink extends AutoCloseable {
  /** Name in health, logs and thread names, such as {@code kafka}. */
  String name();

  /** Whether somebody wants maps now; where nobody does, nothing is computed for this sink. */
  boolean wantsMaps();

  /**
   * Takes one map. The caller closes it after the call; a sink that keeps it longer retains it.
   *
   * @throws IOException if the map could not be delivered, in a sentence for the operator; it is
   *     counted and the next map is tried
   */
  void accept(DepthMap map) throws IOException, InterruptedException;

  /** How many of the maps it took it gave up later; may be asked by any thread. */
  default long lost() {
    return 0;
  }

  /**
   * What the sink lost so far, by cause, refused maps included; causes that did not occur are left
   * out. May be asked by any thread.
   */
  default Map<String, Long> lossesByCause() {
    return Map.of();
  }

  /** Delivers what is under way, within a bounded time, and lets go of everything. */
  @Override
  void close() throws IOException;
}
