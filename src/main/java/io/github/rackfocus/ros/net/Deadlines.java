package io.github.rackfocus.ros.net;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes what takes too long: a socket's own timeout does nothing to reads of a channel. One daemon
 * thread; thread-safe.
 */
public final class Deadlines implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  /** Ends a deadline; closing it in time leaves the thing open. */
  public static final class Guard implements AutoCloseable {
    private final AtomicBoolean expired;
    private final Future<?> timer;

    private Guard(AtomicBoolean expired, Future<?> timer) {
      this.expired = expired;
      this.timer = timer;
    }

    /** Whether the deadline has passed and the thing was closed. */
    public boolean expired() {
      return expired.get();
    }

    @Override
    public void close() {
      timer.cancel(false);
    }
  }

  public Deadlines() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "ros-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Closes {@code thing} after that time unless the guard is closed before; at once if the
   * deadlines themselves are closed, for then nothing more should begin.
   */
  public Guard close(Closeable thing, long time, TimeUnit unit) {
    AtomicBoolean expired = new AtomicBoolean();
    Runnable expire =
        () -> {
          expired.set(true);
          try {
            thing.close();
          } catch (IOException e) {
            // It is given up in any case; its reader gets the error.
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
