package io.github.rackfocus.node;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.node.InputWatch.Sweep;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the inputs of a live node once a second, and says in the log and in the health when one
 * of them is missing, and when it is back. Thread-safe.
 */
final class InputMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InputMonitor.class);
  private static final long PERIOD_MILLIS = 1000;
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private final FrameSource source;
  private final double[] focus;
  private final BooleanSupplier wanted;
  private final LongSupplier nanoClock;
  private final InputWatch watch = new InputWatch(PATIENCE_NANOS);
  private final boolean[] missing;
  private long completeNanos;
  private long sinceNanos;
  private boolean wasWanted;
  private String fault = "";
  private @Nullable ScheduledExecutorService timer;

  /**
   * @param wanted whether frames are wanted; if not, none are missed
   * @param nanoClock monotonic time
   */
  InputMonitor(FrameSource source, FocusAxis axis, BooleanSupplier wanted, LongSupplier nanoClock) {
    this.source = source;
    this.focus = axis.focus();
    this.missing = new boolean[focus.length];
    Arrays.fill(missing, true);
    this.wanted = wanted;
    this.nanoClock = nanoClock;
  }

  /** Starts looking once a second. */
  synchronized void start() {
    if (source.inputs() != null) {
      timer = Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("inputs"));
      timer.scheduleAtFixedRate(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Notes which planes have no recent frame.
   *
   * @param planes by plane; the caller may reuse it
   */
  synchronized void sweep(boolean[] planes) {
    boolean complete = true;
    for (int plane = 0; plane < planes.length; plane++) {
      missing[plane] = planes[plane];
      complete &= !planes[plane];
    }
    if (complete) {
      completeNanos = nanoClock.getAsLong();
    }
  }

  /** Looks for missing inputs now, and logs a change. */
  synchronized void look() {
    InputStatus inputs = source.inputs();
    if (inputs == null) {
      return;
    }
    long now = nanoClock.getAsLong();
    boolean isWanted = wanted.getAsBoolean();
    if (isWanted && !wasWanted) {
      sinceNanos = now;
    }
    wasWanted = isWanted;
    String found = isWanted ? watch.missing(inputs, sweepNow(), sinceNanos, now) : null;
    String before = fault;
    fault = found == null ? "" : found;
    // The same fault is not said again as its seconds pass.
    if (!fault.isEmpty() && before.isEmpty()) {
      LOG.warn("{}: {}. No depth is published meanwhile", source.name(), fault);
    } else if (fault.isEmpty() && !before.isEmpty() && isWanted) {
      LOG.info("{}: all inputs arrive again", source.name());
    }
  }

  private Sweep sweepNow() {
    return new Sweep(focus, missing.clone(), completeNanos);
  }

  /** Returns what has arrived and what is missing; null for a source without inputs. */
  synchronized NodeHealth.@Nullable Inputs health() {
    InputStatus inputs = source.inputs();
    return inputs == null ? null : new NodeHealth.Inputs(fault, sweepNow().missingPlanes(), inputs);
  }

  /** Returns why no sweep was complete so far, whatever the time; null if that is not known. */
  synchronized @Nullable String explanation() {
    InputStatus inputs = source.inputs();
    return inputs == null ? null : InputWatch.explanation(inputs, sweepNow());
  }

  @Override
  public synchronized void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
