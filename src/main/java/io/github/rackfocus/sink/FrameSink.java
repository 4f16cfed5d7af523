package io.github.rackfocus.sink;

import io.github.rackfocus.frame.Frame;

/**
 * Where frames go besides the focal stack, such as to the workers of a fleet.
 *
 * <p>{@link #offer} is called by one thread for every frame and must not wait: what a slow sink
 * cannot take is dropped and counted.
 */
public interface FrameSink extends AutoCloseable {
  /**
   * Offers a sealed frame. Returns at once; the caller keeps its lease, the sink takes its own.
   *
   * @param frame may be without a focus reading
   */
  void offer(Frame frame);

  /** What became of the frames offered so far; may be called from any thread. */
  SinkCounters counters();

  /** Delivers what is queued, within a bounded time, and releases all resources. */
  @Override
  void close();
}
