package io.github.rackfocus.sink;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.Handover;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every map to every sink, each on a thread of its own behind a bounded queue that drops its
 * oldest map: a slow or broken sink costs only itself, and what it costs is counted.
 */
public final class SinkFanOut implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SinkFanOut.class);
  private static final long CLOSE_SECONDS = 15;

  private final List<Runner> runners;

  /**
   * Starts a thread for each sink.
   *
   * @param sinks owned from now on: closed with this
   * @param queueDepth maps that wait for a sink at most, at least 1
   * @param lossless whether {@link #offer} waits for a place in the queue (replay) or drops the
   *     oldest map (live)
   */
  public SinkFanOut(List<? extends DepthSink> sinks, int queueDepth, boolean lossless) {
    if (queueDepth < 1) {
      throw new IllegalArgumentException("sink queue depth is " + queueDepth + "; at least 1");
    }
    List<Runner> made = new ArrayList<>();
    for (DepthSink sink : sinks) {
      made.add(new Runner(sink, queueDepth, lossless));
    }
    runners = List.copyOf(made);
    runners.forEach(Thread::start);
  }

  /** Whether any sink wants maps now. */
  public boolean wantsMaps() {
    // Without an iterator: this runs for every frame, and costs no garbage.
    for (int i = 0; i < runners.size(); i++) {
      if (runners.get(i).sink.wantsMaps()) {
        return true;
      }
    }
    return false;
  }

  /** Hands a map to every sink that wants maps; the caller keeps its own lease. */
  public void offer(DepthMap map) throws InterruptedException {
    for (int i = 0; i < runners.size(); i++) {
      Runner runner = runners.get(i);
      if (runner.sink.wantsMaps()) {
        runner.offer(map);
      }
    }
  }

  /** The counters of every sink, in the order given at the start. */
  public List<SinkCounters> counters() {
    List<SinkCounters> all = new ArrayList<>();
    for (Runner runner : runners) {
      all.add(runner.counters());
    }
    return all;
  }

  /** Lets every sink take what waits for it, closes it, and ends its thread. */
  @Override
  public void close() {
    runners.forEach(runner -> runner.queue.end());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    boolean interrupted = false;
    for (Runner runner : runners) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(runner, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (runner.isAlive()) {
        LOG.warn(
            "{} did not finish within {} s and is interrupted; {} maps are lost",
            runner.getName(),
            CLOSE_SECONDS,
            runner.queue.waiting());
        runner.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Runner extends Thread {
    private final DepthSink sink;
    private final Handover<DepthMap> queue;
    private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Runner(DepthSink sink, int depth, boolean lossless) {
      super("sink-" + sink.name());
      setDaemon(true);
      this.sink = sink;
      this.queue = new Handover<>(depth, lossless);
    }

    void offer(DepthMap map) throws InterruptedException {
      offered.incrementAndGet();
      queue.put(map.retain());
    }

    SinkCounters counters() {
      return new SinkCounters(
          sink.name(),
          offered.get(),
          delivered.get(),
          queue.dropped(),
          failed.get(),
          sink.lost(),
          sink.lossesByCause());
    }

    @Override
    public void run() {
      try {
        for (DepthMap map = queue.take(); map != null; map = queue.take()) {
          deliver(map);
        }
      } catch (InterruptedException e) {
        LOG.debug("{} was interrupted", getName());
      } finally {
        queue.abandon();
        try {
          sink.close();
        } catch (IOException | RuntimeException e) {
          LOG.warn("{} did not close cleanly: {}", sink.name(), ErrorMessages.of(e));
        }
      }
    }

    private void deliver(DepthMap map) throws InterruptedException {
      try (map) {
        sink.accept(map);
        delivered.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        failed.incrementAndGet();
        trouble.warn(
            "{}: map {} was not delivered: {}", sink.name(), map.info().sequence(), ErrorMessages.of(e));
      }
    }
  }
}
