package io.github.rackfocus.common;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Named daemon threads, which do not keep the process alive. For a stage that is stopped and
 * joined, use {@link StageRunner}.
 */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Starts a daemon thread. */
  public static Thread start(String name, Runnable task) {
    Thread thread = create(name, task);
    thread.start();
    return thread;
  }

  /**
   * Returns a factory of daemon threads for an executor. The first thread is called {@code name},
   * further ones {@code name-2}, {@code name-3} and so on.
   */
  public static ThreadFactory factory(String name) {
    AtomicInteger created = new AtomicInteger();
    return task -> {
      int number = created.incrementAndGet();
      return create(number == 1 ? name : name + "-" + number, task);
    };
  }

  /** Sleeps. If interrupted, returns early with the interrupt flag set. */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread create(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
