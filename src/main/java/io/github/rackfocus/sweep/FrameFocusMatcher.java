package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Assigns each frame the focus of the lens at its mid-exposure: from the lens readings, from the
 * frame's stamp if no driver reports readings, or from its count if exposures step the lens.
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
  private final @Nullable PlaneCounter counter;
  private final long[] counts;
  private final LensReadings readings;
  private final @Nullable Frame[] waiting;
  private final long[] deadlines;
  private int first;
  private int waitingCount;
  private final long[] unknown = new long[UnknownFocus.values().length];
  private long overflowed;
  private boolean closed;

  private FrameFocusMatcher(
      MatchingConfig options,
      int capacity,
      @Nullable LongToDoubleFunction focusAtStamp,
      @Nullable PlaneCounter counter) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "frames that may wait for a reading are " + capacity + "; expected at least 1");
    }
    this.options = options;
    this.focusAtStamp = focusAtStamp;
    this.counter = counter;
    this.counts = new long[Math.max(0, capacity)];
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
    return new FrameFocusMatcher(options, capacity, null, null);
  }

  /**
   * Creates a matcher for a sweep that follows the clock, without readings.
   *
   * @param focusAtStamp focus in dioptres at a time in nanoseconds; NaN if unknown
   * @param capacity maximum number of waiting frames
   */
  public static FrameFocusMatcher byStamp(
      MatchingConfig options, int capacity, LongToDoubleFunction focusAtStamp) {
    return new FrameFocusMatcher(options, capacity, focusAtStamp, null);
  }

  /**
   * Creates a matcher for a lens that the exposures step from plane to plane.
   *
   * @param counter used by this matcher alone
   * @param capacity maximum number of waiting frames
   */
  public static FrameFocusMatcher byCounter(
      MatchingConfig options, int capacity, PlaneCounter counter) {
    return new FrameFocusMatcher(options, capacity, null, counter);
  }

  /**
   * Adds a message with the count of an exposure, for a matcher that counts.
   *
   * @param stampNanos the stamp of the exposure
   * @param triggers the trigger count
   * @param step the step of the sweep if the driver knows it, or -1
   * @return whether it was accepted, and if not, why
   */
  public synchronized ReadingResult addCount(long stampNanos, long triggers, int step) {
    if (counter == null) {
      throw new IllegalStateException("frames are not counted; expected a matcher by counter");
    }
    return counter.add(stampNanos, triggers, step);
  }

  /** Number of frames that were lost before they arrived, as far as their counts tell. */
  public synchronized long lost() {
    return counter == null ? 0 : counter.lost();
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
  public void offer(Frame frame, long nowNanos) {
    offer(frame, nowNanos, -1);
  }

  /**
   * Takes over the lease of a sealed frame that has a counter.
   *
   * @param nowNanos the caller's time, from which {@code maxWait} counts
   * @param count the image's own counter; -1 if it has none
   */
  public synchronized void offer(Frame frame, long nowNanos, long count) {
    if (closed) {
      frame.close();
      return;
    }
    if (waitingCount == waiting.length) {
      overflowed++;
      takeFirst().close();
    }
    int at = (first + waitingCount) % waiting.length;
    waiting[at] = frame;
    counts[at] = count;
    deadlines[at] = nowNanos + options.maxWaitNanos();
    waitingCount++;
  }

  /**
   * Returns the oldest frame, once its reading is known or {@code maxWait} has passed.
   *
   * @param nowNanos the caller's time; {@link Long#MAX_VALUE} once no more readings will arrive
   * @return a frame that the caller closes, or null
   */
  public synchronized @Nullable Frame poll(long nowNanos) {
    if (waitingCount == 0 || nanosToWait(nowNanos) > 0) {
      return null;
    }
    long imageCount = counts[first];
    Frame frame = takeFirst();
    if (!frame.focus().isKnown()) {
      FocusReading reading =
          readingAt(frame.stampNanos() + options.exposureOffsetNanos(), imageCount);
      if (reading.isKnown()) {
        frame.assignFocus(reading);
      } else {
        unknown[whyUnknown().ordinal()]++;
      }
    }
    return frame;
  }

  /**
   * Returns the time until {@link #poll} returns a frame even if no reading arrives: 0 if it does
   * now, {@link Long#MAX_VALUE} if no frame waits.
   */
  public synchronized long nanosToWait(long nowNanos) {
    if (waitingCount == 0) {
      return Long.MAX_VALUE;
    }
    Frame oldest = waiting[first];
    if (oldest == null || focusAtStamp != null || oldest.focus().isKnown()) {
      return 0;
    }
    long time = oldest.stampNanos() + options.exposureOffsetNanos();
    boolean decided = counter == null ? readings.covers(time) : counter.covers(time);
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
    return waitingCount;
  }

  /** Returns the newest accepted reading, or {@link FocusReading#NONE}. */
  public synchronized FocusReading newestReading() {
    return readings.newest();
  }

  /** Closes the waiting frames, and all that are offered later. */
  @Override
  public synchronized void close() {
    closed = true;
    while (waitingCount > 0) {
      takeFirst().close();
    }
  }

  private UnknownFocus whyUnknown() {
    if (counter != null) {
      return UnknownFocus.COUNT_LOST;
    }
    return focusAtStamp == null ? readings.unknown() : UnknownFocus.NO_READING;
  }

  private FocusReading readingAt(long timeNanos, long imageCount) {
    if (counter != null) {
      return counter.focusOf(timeNanos, imageCount);
    }
    if (focusAtStamp == null) {
      return readings.ofFrame(timeNanos);
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
    waitingCount--;
    return frame;
  }
}
