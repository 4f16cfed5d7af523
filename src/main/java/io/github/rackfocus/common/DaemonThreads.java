package io.github.rackfocus.common;

import java.time.Duration;

/** Daemon threads with names. */
public final class DaemonThreads {
  private DaemonThreads() {}

  public static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Sleeps; if interrupted, returns early with the mark set. */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
