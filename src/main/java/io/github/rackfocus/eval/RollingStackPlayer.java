package io.github.rackfocus.eval;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;

/**
 * A stack as a running sweep shows it: each call replaces one frame by a new one of the same plane
 * and keeps the others, so that a model pays for one image and one stack stage. For one thread.
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
   * @param pool must have one frame more than the stack has planes
   * @param firstSequence of the farthest frame
   */
  RollingStackPlayer(EvaluationStack stack, FramePool pool, long firstSequence) {
    this.stack = stack;
    this.pool = pool;
    frames = new Frame[stack.planes()];
    sequence = firstSequence;
    for (int z = 0; z < frames.length; z++) {
      frames[z] = stack.frame(pool, z, sequence++);
    }
    newest = frames.length - 1;
  }

  /** The stack as it stands; the caller closes it. */
  FocalStack current() {
    Frame[] shown = new Frame[frames.length];
    for (int z = 0; z < frames.length; z++) {
      shown[z] = frames[z].retain();
    }
    return new FocalStack(
        stack.axis().scale(), shown, stack.axis().focus(), new boolean[frames.length], newest);
  }

  /** A new frame of the next plane comes; the first is the farthest. */
  FocalStack next() {
    newest = (newest + 1) % frames.length;
    // Leased before the old one goes back, or the pool would hand out the same frame again.
    Frame fresh = stack.frame(pool, newest, sequence++);
    frames[newest].close();
    frames[newest] = fresh;
    return current();
  }

  /** The first sequence number that was not used. */
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
