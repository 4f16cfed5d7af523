package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.camera.InputStatus.Messages;
import org.jspecify.annotations.Nullable;

/** Counts the images and lens readings of a source, for its {@link InputStatus}. Thread-safe. */
final class InputTally {
  /** Time over which the range of the readings is taken, at least; at most twice this. */
  private static final long RANGE_NANOS = 10_000_000_000L;

  private final Count images = new Count();
  private final Count readings = new Count();
  private double low = Double.NaN;
  private double high = Double.NaN;
  private double lowBefore = Double.NaN;
  private double highBefore = Double.NaN;
  private long rangeSinceNanos;

  private static final class Count {
    private long received;
    private long accepted;
    private long arrivalNanos;
    private long stampNanos;

    private Messages messages(String topic) {
      return new Messages(topic, received, accepted, arrivalNanos, stampNanos);
    }

    private void accept(long stamp) {
      accepted++;
      arrivalNanos = System.nanoTime();
      stampNanos = stamp;
    }
  }

  synchronized void imageReceived() {
    images.received++;
  }

  synchronized void imageAccepted(long stampNanos) {
    images.accept(stampNanos);
  }

  synchronized void readingReceived() {
    readings.received++;
  }

  /**
   * @param focusDioptres of the reading; NaN if it has none
   */
  synchronized void readingAccepted(long stampNanos, double focusDioptres) {
    readings.accept(stampNanos);
    if (Double.isNaN(focusDioptres)) {
      return;
    }
    if (readings.arrivalNanos - rangeSinceNanos > RANGE_NANOS) {
      lowBefore = low;
      highBefore = high;
      low = Double.NaN;
      high = Double.NaN;
      rangeSinceNanos = readings.arrivalNanos;
    }
    low = smaller(low, focusDioptres);
    high = -smaller(-high, -focusDioptres);
  }

  /**
   * Returns what has arrived.
   *
   * @param lensTopic null if no readings are needed
   */
  synchronized InputStatus status(String imageTopic, @Nullable String lensTopic) {
    return new InputStatus(
        images.messages(imageTopic),
        lensTopic == null ? null : readings.messages(lensTopic),
        smaller(low, lowBefore),
        -smaller(-high, -highBefore));
  }

  /** The smaller of two numbers, of which either may be NaN for none. */
  private static double smaller(double a, double b) {
    if (Double.isNaN(a)) {
      return b;
    }
    return Double.isNaN(b) ? a : Math.min(a, b);
  }
}
