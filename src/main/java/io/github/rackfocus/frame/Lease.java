package io.github.rackfocus.frame;

/** A counted lease of pooled memory; closing it can't fail. */
public interface Lease extends AutoCloseable {
  /** Gives the lease back, once. */
  @Override
  void close();
}
