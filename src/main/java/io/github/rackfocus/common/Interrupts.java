package io.github.rackfocus.common;

import java.time.Duration;

/** Waiting for threads when the waiting thread itself may be interrupted. */
public final class Interrupts {
  private Interrupts() {}

  /** Waits until a thread has ended. If interrupted meanwhile, sets the interrupt flag again. */
  public static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for a thread to end and interrupts it if it is still running after the given time, or as
   * soon as the caller is interrupted.
   *
   * @param atMost how long to wait; at least a millisecond
   * @return whether the caller was interrupted. Its interrupt flag is clear, so that it can release
   *     its other resources; it must set the flag again afterwards
   */
  public static boolean joinOrInterrupt(Thread thread, Duration atMost) {
    boolean interrupted = false;
    try {
      thread.join(Math.max(1, atMost.toMillis()));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (thread.isAlive()) {
      thread.interrupt();
    }
    return interrupted;
  }
}
