package io.github.rackfocus.eval;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;

/**
 * Plays a stack like a running sweep: each call replaces one frame by a new one of the same plane
 * and keeps the others, so that a model runs one frame stage and one stack stage. Not thread-safe.
 */
final class RollingStackPlayer implements AutoCloseable {
  private final EvaluationStack stack;
  private final FramePool pool;
  private final Frame[] frames;
  private long sequence;
  private int newest;

  /**
   * Leases a frame for every plane.
   *
   * @param pool must have one more free frame than the stack has planes
   * @param firstSequence sequence of the farthest frame; the others follow
   */
  RollingStackPlayer(EvaluationStack stack, FramePool pool, long firstSequence) {
    this.stack = stack;
    this.pool = pool;
    frames = new Frame[stack.planes()];
    sequence = firstSequence;
    for (int z = 0; z < frames.length; z++) {
      frames[z] = stack.leaseFrame(pool, z, sequence++);
    }
    newest = frames.length - 1;
  }

  /** Returns the current stack; the caller closes it. */
  FocalStack current() {
    Frame[] current = new Frame[frames.length];
    for (int z = 0; z < frames.length; z++) {
      current[z] = frames[z].retain();
    }
    return new FocalStack(
        stack.axis().scale(), current, stack.axis().focus(), new boolean[frames.length], newest);
  }

  /** Replaces the next plane, farthest first, and returns the stack; the caller closes it. */
  FocalStack next() {
    newest = (newest + 1) % frames.length;
    // Leased before the old frame is released, or the pool would return that one again.
    Frame fresh = stack.leaseFrame(pool, newest, sequence++);
    frames[newest].close();
    frames[newest] = fresh;
    return current();
  }

  /** Returns the first unused sequence number. */
  long nextSequence() {
    return sequence;
  }

  @Override
  public void close() {
    for (Frame frame : frames) {
      frame.close();
    }
  }
}
