package io.github.rackfocus.frame;

/** A counted lease of pooled memory. Closing it does not fail. */
public interface Lease extends AutoCloseable {
  /** Returns the lease; to be called once. */
  @Override
  void close();
}
