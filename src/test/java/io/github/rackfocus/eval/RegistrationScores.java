package io.github.rackfocus.eval;

import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.registration.RegistrationMode;
import org.HdrHistogram.Histogram;

/**
 * What was measured in one {@link RegistrationRun}: sums over all its maps, times in nanoseconds.
 * Not thread-safe.
 */
final class RegistrationScores {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final double MILLI = 1000;
  private static final long MOST_MILLI_PIXELS = 10_000_000;

  final String name;
  final RegistrationMode mode;
  final long[] codes = new long[Validity.count()];

  /** Pixels by {@link PixelTruth} and validity code. */
  final long[][] confusion = new long[PixelTruth.values().length][Validity.count()];

  final Histogram stackNanos = new Histogram(LONGEST_NANOS, 3);
  final Histogram estimateNanos = new Histogram(LONGEST_NANOS, 3);
  final Histogram finishNanos = new Histogram(LONGEST_NANOS, 3);

  /** Registration errors, thousandths of a pixel. */
  private final Histogram misregistration = new Histogram(MOST_MILLI_PIXELS, 3);

  long maps;
  long pixels;
  double error;
  double trust;
  long published;
  double publishedError;

  /** Published and off by more than one plane. */
  long publishedOff;

  /** Frames of the whole run that were not placed, and how often the stack began anew. */
  long notPlaced;

  long restarts;
  long keyframes;

  /** Allocated by the rolling stack after the warm-up. */
  long allocatedBytes;

  /** Pixels that are {@link MovedTruth#STILL}, and those of them with validity moved. */
  long still;

  long stillMarked;

  /** Pixels that are {@link MovedTruth#MOVED}, with validity moved, and published but wrong. */
  long moved;

  long movedMarked;
  long movedWrong;

  RegistrationScores(String name, RegistrationMode mode) {
    this.name = name;
    this.mode = mode;
  }

  void record(Histogram times, long nanos) {
    times.recordValue(Math.min(nanos, LONGEST_NANOS));
  }

  void recordMisregistration(double pixels) {
    misregistration.recordValue(Math.min(MOST_MILLI_PIXELS, Math.round(MILLI * pixels)));
  }

  /** Error of published pixels in planes. */
  double publishedPlanes() {
    return publishedError / published;
  }

  /** Error of all pixels in planes, published or not. */
  double planes() {
    return error / pixels;
  }

  /** Mean error of the registration in pixels. */
  double meanMisregistration() {
    return misregistration.getMean() / MILLI;
  }

  /** 95th percentile of the error of the registration in pixels. */
  double highMisregistration() {
    return misregistration.getValueAtPercentile(95) / MILLI;
  }
}
