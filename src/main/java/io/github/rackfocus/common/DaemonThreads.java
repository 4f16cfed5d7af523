package io.github.rackfocus.common;

import java.time.Duration;

/** Named daemon threads, which do not keep the process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Starts a daemon thread. */
  public static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Sleeps. If interrupted, returns early with the interrupt flag set. */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
