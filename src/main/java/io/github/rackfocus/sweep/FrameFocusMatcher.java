package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells each frame where the lens stood at its mid-exposure: from the lens's readings, or from the
 * frame's stamp where no driver reports any.
 *
 * <p>Frames leave in the order in which they came, each once. One whose reading may still come
 * waits for it, at most {@code maxWait}; then it leaves with what is known, and without a reading
 * if that is nothing, which is counted. When too many wait, the oldest is closed and counted. Time
 * is the caller's: monotonic where frames are live, a bag's where they are not.
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
  private long withoutReading;
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
   * A matcher that goes by the lens's readings.
   *
   * @param capacity frames that wait at most
   */
  public static FrameFocusMatcher byReadings(MatchingConfig options, int capacity) {
    return new FrameFocusMatcher(options, capacity, null);
  }

  /**
   * A matcher for a sweep that runs by the clock, without any reading.
   *
   * @param focusAtStamp focus in dioptres at a time in nanoseconds; NaN where it is not known
   * @param capacity frames that wait at most to be taken
   */
  public static FrameFocusMatcher byStamp(
      MatchingConfig options, int capacity, LongToDoubleFunction focusAtStamp) {
    return new FrameFocusMatcher(options, capacity, focusAtStamp);
  }

  /**
   * Notes what the lens said.
   *
   * @param stampNanos when the reading held, in the time of the frames' stamps
   * @param reading its focus may be NaN where its lens power is known
   * @return whether it counts, and if not why
   */
  public synchronized ReadingResult addReading(long stampNanos, FocusReading reading) {
    return readings.add(stampNanos, reading);
  }

  /**
   * Takes over the lease of a sealed frame.
   *
   * @param nowNanos the caller's time, from which its patience counts
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
   * The oldest frame, once its reading is known or it has waited long enough.
   *
   * @param nowNanos the caller's time; {@link Long#MAX_VALUE} once no reading will come any more
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
        withoutReading++;
      }
    }
    return frame;
  }

  /**
   * How long until {@link #poll} gives a frame even if no reading comes: 0 if it does now, {@link
   * Long#MAX_VALUE} if none waits.
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

  /** Frames that left without a reading. */
  public synchronized long withoutReading() {
    return withoutReading;
  }

  /** Frames that were closed because too many waited. */
  public synchronized long overflowed() {
    return overflowed;
  }

  /** Frames that wait. */
  public synchronized int waiting() {
    return count;
  }

  /** The newest reading that counts, or {@link FocusReading#NONE}. */
  public synchronized FocusReading newestReading() {
    FocusReading newest = readings.newest();
    return newest == null ? FocusReading.NONE : newest;
  }

  /** Closes the frames that wait, and those that are still to come. */
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
