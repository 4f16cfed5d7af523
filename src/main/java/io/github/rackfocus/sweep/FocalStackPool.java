package io.github.rackfocus.sweep;

import java.util.ArrayDeque;

/**
 * Keeps the stacks of one rolling stack for use again, so that a frame costs no garbage. As many
 * exist as are leased at the same time. Thread-safe.
 */
final class FocalStackPool {
  private final int planes;
  private final ArrayDeque<FocalStack> free = new ArrayDeque<>();

  /** For stacks of so many planes. */
  FocalStackPool(int planes) {
    this.planes = planes;
  }

  /** A stack to {@link FocalStack#fill}. */
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
