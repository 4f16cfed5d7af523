package io.github.rackfocus.sweep;

import java.util.ArrayDeque;

/**
 * Reuses the stacks of one rolling stack, so that a frame allocates nothing. There are as many as
 * are leased at the same time. Thread-safe.
 */
final class FocalStackPool {
  private final int planes;
  private final ArrayDeque<FocalStack> free = new ArrayDeque<>();

  /** Creates a pool of stacks with this number of planes. */
  FocalStackPool(int planes) {
    this.planes = planes;
  }

  /** Returns a stack to {@link FocalStack#fill}. */
  FocalStack take() {
    synchronized (this) {
      FocalStack stack = free.pollLast();
      if (stack != null) {
        return stack;
      }
    }
    return new FocalStack(this, planes);
  }

  synchronized void giveBack(FocalStack stack) {
    free.addLast(stack);
  }
}
