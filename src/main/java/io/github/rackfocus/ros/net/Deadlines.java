package io.github.rackfocus.ros.net;

import io.github.rackfocus.common.DaemonThreads;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes channels and streams whose operations take too long, since socket timeouts do not apply to
 * reads of a {@code SocketChannel}. Uses one daemon thread. Thread-safe.
 */
public final class Deadlines implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  /** A running deadline; closing it in time cancels it. */
  public static final class Guard implements AutoCloseable {
    private final AtomicBoolean expired;
    private final Future<?> timer;

    private Guard(AtomicBoolean expired, Future<?> timer) {
      this.expired = expired;
      this.timer = timer;
    }

    /** Returns whether the deadline has passed and the resource was closed. */
    public boolean expired() {
      return expired.get();
    }

    @Override
    public void close() {
      timer.cancel(false);
    }
  }

  public Deadlines() {
    timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.factory("ros-deadlines"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Closes a resource after a time unless the guard is closed before. Closes it at once if this
   * object is closed, since no new operation should start then.
   */
  public Guard close(Closeable resource, long time, TimeUnit unit) {
    AtomicBoolean expired = new AtomicBoolean();
    Runnable expire =
        () -> {
          expired.set(true);
          try {
            resource.close();
          } catch (IOException e) {
            // It is abandoned in any case; its reader gets the error.
          }
        };
    try {
      return new Guard(expired, timer.schedule(expire, time, unit));
    } catch (RejectedExecutionException e) {
      expire.run();
      return new Guard(expired, CompletableFuture.completedFuture(null));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
