package io.github.rackfocus.node;

import java.util.function.Supplier;

/** Publishes the health of a node, such as to Kafka. Owned by the node. */
public interface HealthSink extends AutoCloseable {
  /**
   * Starts publishing; called once, by {@link DepthNode#start}.
   *
   * @param health may be called from any thread until {@link #close} returns
   */
  void start(Supplier<NodeHealth> health);

  /** Publishes the final counts, within a bounded time, and releases all resources. */
  @Override
  void close();
}
