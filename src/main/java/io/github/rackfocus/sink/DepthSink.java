package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.io.IOException;
import java.util.Map;

/**
 * A destination of depth maps, such as files, Kafka or ROS topics.
 *
 * <p>Each sink has a thread of its own, run by {@link SinkFanOut}, which alone calls {@link
 * #accept} and then {@link #close}, so that a slow or failing sink affects only itself.
 */
public interface DepthSink extends AutoCloseable {
  /** Returns the name in health, logs and thread names, such as {@code kafka}. */
  String name();

  /** Returns whether maps are wanted now; if not, nothing is computed for this sink. */
  boolean wantsMaps();

  /**
   * Returns whether a map should have colours now, if the camera has any; asked from any thread.
   */
  default boolean wantsColour() {
    return false;
  }

  /**
   * Accepts a map. The caller closes it after the call; a sink that keeps it longer retains it.
   *
   * @throws IOException if the map could not be delivered; the message is for the operator. The
   *     failure is counted, and the next map is tried
   */
  void accept(DepthMap map) throws IOException, InterruptedException;

  /** Returns the number of accepted maps that were later dropped; thread-safe. */
  default long lost() {
    return 0;
  }

  /**
   * Returns the number of maps lost so far by cause, including rejected ones; causes that did not
   * occur are absent. Thread-safe.
   */
  default Map<String, Long> lossesByCause() {
    return Map.of();
  }

  /** Delivers what is pending, within a bounded time, and releases all resources. */
  @Override
  void close() throws IOException;
}
