package io.github.rackfocus.ros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.ros.names.GraphName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a node's life: shutdown listeners, the JVM's shutdown hook, requests from outside, and
 * waiting for the end. {@link ConnectedNode#close} calls {@link #begin} first and {@link #complete}
 * last. Thread-safe.
 */
final class NodeShutdown {
  private static final Logger LOG = LoggerFactory.getLogger(NodeShutdown.class);
  private static final Duration JVM_TIMEOUT = Duration.ofSeconds(5);

  /** Time for the reply to a remote shutdown request to be sent before connections are closed. */
  private static final Duration REPLY_TIME = Duration.ofMillis(100);

  private final GraphName nodeName;
  private final Runnable close;
  private final List<Runnable> listeners = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch completed = new CountDownLatch(1);
  private volatile @Nullable Thread hook;

  /**
   * @param close closes the node
   */
  NodeShutdown(GraphName nodeName, Runnable close) {
    this.nodeName = nodeName;
    this.close = close;
  }

  boolean hasStarted() {
    return started.get();
  }

  /**
   * Adds a listener, which runs once when shutdown begins. If it has already begun, the listener
   * runs at once in the caller's thread.
   */
  void addListener(Runnable listener) {
    synchronized (listeners) {
      if (!started.get()) {
        listeners.add(listener);
        return;
      }
    }
    run(listener);
  }

  /** Marks the node as shutting down and runs the listeners; returns false if already done. */
  boolean begin() {
    synchronized (listeners) {
      if (!started.compareAndSet(false, true)) {
        return false;
      }
    }
    listeners.forEach(NodeShutdown::run);
    return true;
  }

  /** Removes the shutdown hook and releases the waiting threads. */
  void complete() {
    removeHook();
    completed.countDown();
  }

  void await() throws InterruptedException {
    completed.await();
  }

  /** Waits a bounded time; returns whether shutdown is complete. */
  boolean await(Duration time) throws InterruptedException {
    return completed.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes the node in another thread: the caller, a thread of the slave API, replies first. */
  void request(String reason) {
    if (!started.get()) {
      LOG.info("{}: shutdown requested: {}", nodeName, reason);
      DaemonThreads.start(
          "ros-shutdown",
          () -> {
            DaemonThreads.sleep(REPLY_TIME);
            close.run();
          });
    }
  }

  /** Closes the node when the JVM shuts down, so on SIGINT and SIGTERM. */
  void installHook() {
    Thread thread = new Thread(this::closeWithJvm, "ros-signal");
    hook = thread;
    Runtime.getRuntime().addShutdownHook(thread);
  }

  private void closeWithJvm() {
    close.run();
    try {
      // If another thread is already closing the node, the JVM must not halt before it is done.
      if (!await(JVM_TIMEOUT)) {
        LOG.warn("{} has not shut down within {} s", nodeName, JVM_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeHook() {
    Thread thread = hook;
    if (thread != null && Thread.currentThread() != thread) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException e) {
        // The JVM is already shutting down; the hook will find the node closed.
      }
    }
  }

  private static void run(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("a shutdown listener failed", e);
    }
  }
}
