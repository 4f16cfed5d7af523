package io.github.rackfocus.eval;

import io.github.rackfocus.depth.FilterMode;
import org.HdrHistogram.Histogram;

/**
 * What was measured in one {@link FilterRun} with one mode of the filter: sums over all maps and
 * pixels; errors in planes. Not thread-safe.
 */
final class FilterScores {
  /** Share of the maps in which a pixel must be published for its jitter to count. */
  private static final double STEADY = 0.9;

  private static final double LONGEST_NANOS = 60e9;

  /** Bounds of a Laplace distribution in expected errors: {@code -ln(1 - share)}. */
  private static final double BOUND_68 = -Math.log(1 - 0.68);

  private static final double BOUND_95 = -Math.log(1 - 0.95);

  final String name;
  final long seed;
  final FilterMode mode;
  final Histogram finishNanos = new Histogram((long) LONGEST_NANOS, 3);
  long maps;
  long pixels;
  long published;
  double publishedError;
  long publishedOff;
  long within68;
  long within95;

  /** Pixels published in one map and not in the one before, or the other way round. */
  long flickers;

  /** Pixels that moved in truth, and those of them published and off by more than a plane. */
  long moved;

  long movedWrong;

  /** Pixels near what moves that did not move, published, and off by more than a plane. */
  long nearPublished;

  long nearWrong;

  private final double[] sum;
  private final double[] squares;
  private final int[] count;
  private final boolean[] before;

  FilterScores(String name, long seed, FilterMode mode, int pixels) {
    this.name = name;
    this.seed = seed;
    this.mode = mode;
    this.sum = new double[pixels];
    this.squares = new double[pixels];
    this.count = new int[pixels];
    this.before = new boolean[pixels];
  }

  /**
   * Adds a pixel of the next map.
   *
   * @param error signed, planes
   * @param expected stated error, planes
   */
  void add(int pixel, boolean valid, double error, double expected, byte kind) {
    double off = Math.abs(error);
    pixels++;
    flickers += maps > 0 && valid != before[pixel] ? 1 : 0;
    before[pixel] = valid;
    moved += kind == MovedTruth.MOVED ? 1 : 0;
    if (!valid) {
      return;
    }
    boolean wrong = off > 1;
    published++;
    publishedError += off;
    publishedOff += wrong ? 1 : 0;
    within68 += off <= BOUND_68 * expected ? 1 : 0;
    within95 += off <= BOUND_95 * expected ? 1 : 0;
    movedWrong += kind == MovedTruth.MOVED && wrong ? 1 : 0;
    nearPublished += kind == MovedTruth.NEAR ? 1 : 0;
    nearWrong += kind == MovedTruth.NEAR && wrong ? 1 : 0;
    sum[pixel] += error;
    squares[pixel] += error * error;
    count[pixel]++;
  }

  void finishMap(long nanos) {
    maps++;
    finishNanos.recordValue(Math.min(nanos, (long) LONGEST_NANOS));
  }

  /** Share of the squared error of steadily published pixels that changes from map to map. */
  double randomShare() {
    double random = 0;
    double total = 0;
    for (int i = 0; i < count.length; i++) {
      if (isSteady(i)) {
        double mean = sum[i] / count[i];
        // Of the sample, so that few maps do not make the share small.
        random += Math.max(0, squares[i] - count[i] * mean * mean) / (count[i] - 1);
        total += squares[i] / count[i];
      }
    }
    return random / total;
  }

  private boolean isSteady(int pixel) {
    return count[pixel] >= STEADY * maps && count[pixel] > 1;
  }

  /** Mean standard deviation, over the maps, of the error of pixels that are steadily published. */
  double jitter() {
    double total = 0;
    int steady = 0;
    for (int i = 0; i < count.length; i++) {
      if (isSteady(i)) {
        double mean = sum[i] / count[i];
        total += Math.sqrt(Math.max(0, squares[i] / count[i] - mean * mean));
        steady++;
      }
    }
    return total / steady;
  }
}
