package io.github.rackfocus.sink;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.MapDelivery;
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

  private final List<Outlet> outlets;

  /**
   * Starts a thread for each sink.
   *
   * @param sinks owned from now on, and closed with this
   * @param queueDepth maximum number of maps queued for a sink, at least 1
   * @param lossless whether {@link #offer} waits for space in the queue (replay) or drops the
   *     oldest map (live)
   */
  public SinkFanOut(List<? extends DepthSink> sinks, int queueDepth, boolean lossless) {
    if (queueDepth < 1) {
      throw new IllegalArgumentException("sink queue depth is " + queueDepth + "; at least 1");
    }
    List<Outlet> made = new ArrayList<>();
    for (DepthSink sink : sinks) {
      made.add(new Outlet(sink, queueDepth, lossless));
    }
    outlets = List.copyOf(made);
    outlets.forEach(outlet -> outlet.runner.start());
  }

  /** Whether any sink wants maps now. */
  public boolean wantsMaps() {
    // Without an iterator: this runs for every frame and must not allocate.
    for (int i = 0; i < outlets.size(); i++) {
      if (outlets.get(i).sink.wantsMaps()) {
        return true;
      }
    }
    return false;
  }

  /** Whether any sink that wants maps wants colours now. Thread-safe. */
  public boolean wantsColour() {
    for (int i = 0; i < outlets.size(); i++) {
      DepthSink sink = outlets.get(i).sink;
      if (sink.wantsColour() && sink.wantsMaps()) {
        return true;
      }
    }
    return false;
  }

  /** Hands a map to every sink that wants maps; the caller keeps its own lease. */
  public void offer(DepthMap map) throws InterruptedException {
    MapDelivery delivery = map.delivery();
    if (delivery != null) {
      offerFollowed(map, delivery);
      return;
    }
    for (int i = 0; i < outlets.size(); i++) {
      Outlet outlet = outlets.get(i);
      if (outlet.sink.wantsMaps()) {
        outlet.offer(map);
      }
    }
  }

  private void offerFollowed(DepthMap map, MapDelivery delivery) throws InterruptedException {
    List<Outlet> wanting = outlets.stream().filter(outlet -> outlet.sink.wantsMaps()).toList();
    delivery.expect(wanting.size());
    for (Outlet outlet : wanting) {
      outlet.offer(map);
    }
  }

  /** The counters of every sink, in the order given at the start. */
  public List<SinkCounters> counters() {
    List<SinkCounters> all = new ArrayList<>();
    for (Outlet outlet : outlets) {
      all.add(outlet.counters());
    }
    return all;
  }

  /** Lets every sink take what is queued for it, closes it, and ends its thread. */
  @Override
  public void close() {
    outlets.forEach(outlet -> outlet.queue.end());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    for (Outlet outlet : outlets) {
      long left = deadline - System.nanoTime();
      if (!outlet.runner.joinOrInterrupt(left, TimeUnit.NANOSECONDS)) {
        LOG.warn(
            "{} did not finish within {} s and was interrupted in a map; {} more are lost",
            outlet.runner.name(),
            CLOSE_SECONDS,
            outlet.queue.waiting());
      }
    }
  }

  /** One sink with its queue and its thread. */
  private static final class Outlet implements StageRunner.Stage {
    private final DepthSink sink;
    private final Handover<DepthMap> queue;
    private final StageRunner runner;
    private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Outlet(DepthSink sink, int depth, boolean lossless) {
      this.sink = sink;
      this.queue = new Handover<>(depth, lossless);
      this.runner = StageRunner.daemon("sink-" + sink.name(), this);
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
    public boolean doWork() throws InterruptedException {
      DepthMap next = queue.take();
      if (next == null) {
        return false;
      }
      try (DepthMap map = next) {
        boolean took = accept(map);
        MapDelivery delivery = map.delivery();
        if (delivery != null) {
          delivery.sinkDone(took);
        }
      }
      return true;
    }

    private boolean accept(DepthMap map) throws InterruptedException {
      try {
        sink.accept(map);
        delivered.incrementAndGet();
        return true;
      } catch (IOException | RuntimeException e) {
        failed.incrementAndGet();
        warnings.warn(
            "{}: map {} was not delivered: {}",
            sink.name(),
            map.info().sequence(),
            ErrorMessages.of(e));
        return false;
      }
    }

    @Override
    public void onError(Throwable cause) {
      LOG.error("sink {} failed; it gets no more maps", sink.name(), cause);
    }

    @Override
    public void onEnd() {
      queue.abandon();
      try {
        sink.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("sink {} did not close cleanly: {}", sink.name(), ErrorMessages.of(e));
      }
    }
  }
}
