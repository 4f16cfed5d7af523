package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Assigns each frame the focus of the lens at its mid-exposure: from the lens readings, or from the
 * frame's stamp if no driver reports readings.
 *
 * <p>Frames leave in the order in which they arrived, each once. A frame whose reading may still
 * arrive waits for it, at most {@code maxWait}; then it leaves with what is known, or without a
 * reading, which is counted. If too many frames wait, the oldest is closed and counted. The caller
 * supplies the time: monotonic time for live frames, the bag's time in replay.
 *
 * <p>Owns the frames between {@link #offer} and {@link #poll}. Thread-safe; nothing blocks.
 */
public final class FrameFocusMatcher implements AutoCloseable {
  private final MatchingConfig options;
  private final @Nullable LongToDoubleFunction focusAtStamp;
  private final LensReadings readings;
  private final @Nullable Frame[] waiting;
  private final long[] deadlines;
  private int first;
  private int count;
  private final long[] unknown = new long[UnknownFocus.values().length];
  private long overflowed;
  private boolean closed;

  private FrameFocusMatcher(
      MatchingConfig options, int capacity, @Nullable LongToDoubleFunction focusAtStamp) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "frames that may wait for a reading are " + capacity + "; expected at least 1");
    }
    this.options = options;
    this.focusAtStamp = focusAtStamp;
    this.readings = new LensReadings(options);
    this.waiting = new Frame[capacity];
    this.deadlines = new long[capacity];
  }

  /**
   * Creates a matcher that uses lens readings.
   *
   * @param capacity maximum number of waiting frames
   */
  public static FrameFocusMatcher byReadings(MatchingConfig options, int capacity) {
    return new FrameFocusMatcher(options, capacity, null);
  }

  /**
   * Creates a matcher for a sweep that follows the clock, without readings.
   *
   * @param focusAtStamp focus in dioptres at a time in nanoseconds; NaN if unknown
   * @param capacity maximum number of waiting frames
   */
  public static FrameFocusMatcher byStamp(
      MatchingConfig options, int capacity, LongToDoubleFunction focusAtStamp) {
    return new FrameFocusMatcher(options, capacity, focusAtStamp);
  }

  /**
   * Adds a lens reading.
   *
   * @param stampNanos when the reading held, in the time of the frame stamps
   * @param reading its focus may be NaN if its lens power is known
   * @return whether it was accepted, and if not, why
   */
  public synchronized ReadingResult addReading(long stampNanos, FocusReading reading) {
    return readings.add(stampNanos, reading);
  }

  /**
   * Takes over the lease of a sealed frame.
   *
   * @param nowNanos the caller's time, from which {@code maxWait} counts
   */
  public synchronized void offer(Frame frame, long nowNanos) {
    if (closed) {
      frame.close();
      return;
    }
    if (count == waiting.length) {
      overflowed++;
      takeFirst().close();
    }
    int at = (first + count) % waiting.length;
    waiting[at] = frame;
    deadlines[at] = nowNanos + options.maxWaitNanos();
    count++;
  }

  /**
   * Returns the oldest frame, once its reading is known or {@code maxWait} has passed.
   *
   * @param nowNanos the caller's time; {@link Long#MAX_VALUE} once no more readings will arrive
   * @return a frame that the caller closes, or null
   */
  public synchronized @Nullable Frame poll(long nowNanos) {
    if (count == 0 || nanosToWait(nowNanos) > 0) {
      return null;
    }
    Frame frame = takeFirst();
    if (!frame.focus().isKnown()) {
      FocusReading reading = readingAt(frame.stampNanos() + options.exposureOffsetNanos());
      if (reading.isKnown()) {
        frame.assignFocus(reading);
      } else {
        unknown[(focusAtStamp == null ? readings.unknown() : UnknownFocus.NO_READING).ordinal()]++;
      }
    }
    return frame;
  }

  /**
   * Returns the time until {@link #poll} returns a frame even if no reading arrives: 0 if it does
   * now, {@link Long#MAX_VALUE} if no frame waits.
   */
  public synchronized long nanosToWait(long nowNanos) {
    if (count == 0) {
      return Long.MAX_VALUE;
    }
    Frame oldest = waiting[first];
    if (oldest == null || focusAtStamp != null || oldest.focus().isKnown()) {
      return 0;
    }
    boolean decided = readings.covers(oldest.stampNanos() + options.exposureOffsetNanos());
    return decided || nowNanos == Long.MAX_VALUE ? 0 : Math.max(0, deadlines[first] - nowNanos);
  }

  /** Number of frames that left without a reading. */
  public synchronized long withoutReading() {
    return Arrays.stream(unknown).sum();
  }

  /** Number of frames that left without a reading for one cause. */
  public synchronized long withoutReading(UnknownFocus cause) {
    return unknown[cause.ordinal()];
  }

  /** Number of frames closed because too many were waiting. */
  public synchronized long overflowed() {
    return overflowed;
  }

  /** Number of waiting frames. */
  public synchronized int waiting() {
    return count;
  }

  /** Returns the newest accepted reading, or {@link FocusReading#NONE}. */
  public synchronized FocusReading newestReading() {
    return readings.newest();
  }

  /** Closes the waiting frames, and all that are offered later. */
  @Override
  public synchronized void close() {
    closed = true;
    while (count > 0) {
      takeFirst().close();
    }
  }

  private FocusReading readingAt(long timeNanos) {
    if (focusAtStamp == null) {
      return readings.at(timeNanos);
    }
    double focus = focusAtStamp.applyAsDouble(timeNanos);
    return Double.isNaN(focus) ? FocusReading.NONE : FocusReading.at(focus);
  }

  private Frame takeFirst() {
    Frame frame = waiting[first];
    if (frame == null) {
      throw new IllegalStateException("no frame waits");
    }
    waiting[first] = null;
    first = (first + 1) % waiting.length;
    count--;
    return frame;
  }
}
