package io.github.rackfocus.frame;

import java.util.Objects;
import java.util.function.IntBinaryOperator;

/** Small frames for tests. */
public final class TestFrames {
  private TestFrames() {}

  /** A sealed frame of one luma. */
  public static Frame flat(
      FramePool pool, int width, int height, int luma, long stampNanos, double focus) {
    return of(pool, width, height, (x, y) -> luma, stampNanos, FocusReading.at(focus));
  }

  /** A sealed frame whose luma is a function of column and row, and that arrives now. */
  public static Frame of(
      FramePool pool,
      int width,
      int height,
      IntBinaryOperator luma,
      long stampNanos,
      FocusReading reading) {
    return of(pool, width, height, luma, stampNanos, reading, System.nanoTime());
  }

  /** The same, arriving at a time of the monotonic clock. */
  public static Frame of(
      FramePool pool,
      int width,
      int height,
      IntBinaryOperator luma,
      long stampNanos,
      FocusReading reading,
      long arrivalNanos) {
    Frame frame = Objects.requireNonNull(pool.tryLease(width, height, false), "pool is empty");
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        frame.luma().put(y * width + x, (byte) luma.applyAsInt(x, y));
      }
    }
    return frame.seal(stampNanos, stampNanos / 1000, reading, arrivalNanos);
  }
}
