package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.DaemonThreads;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a source ten times a second, from its own daemon thread, whether the node wants frames. A
 * live source does not even decode images that nobody wants.
 */
final class DemandMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemandMonitor.class);
  private static final long PERIOD_MILLIS = 100;

  private final BooleanSupplier wantsFrames;
  private final Consumer<Boolean> source;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("frame-demand"));

  /** Starts monitoring. */
  DemandMonitor(BooleanSupplier wantsFrames, Consumer<Boolean> source) {
    this.wantsFrames = wantsFrames;
    this.source = source;
    timer.scheduleWithFixedDelay(this::poll, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void poll() {
    try {
      source.accept(wantsFrames.getAsBoolean());
    } catch (RuntimeException e) {
      // An exception would cancel all further polls.
      LOG.warn("polling the demand for frames failed: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
