package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The sharpness of the frames of one pass of the lens, to nearer or to farther, in each cell of a
 * grid. Of a fixed size; allocates nothing after its creation. For one thread.
 */
final class SweepPass {
  static final int COLUMNS = 8;
  static final int ROWS = 6;
  static final int CELLS = COLUMNS * ROWS;
  static final int CAPACITY = 128;

  /** Fewest frames of a pass in which the course of the sharpness can be seen. */
  private static final int ENOUGH = 5;

  /** Pixels and rows that are looked at in an image. */
  private static final int SAMPLED_COLUMNS = 320;

  private static final int SAMPLED_ROWS = 120;

  private final double[] focus = new double[CAPACITY];
  private final double[] seconds = new double[CAPACITY];
  private final float[][] sharpness = new float[CAPACITY][CELLS];
  private final double[] sums = new double[CELLS];
  private final int[] counts = new int[CELLS];
  private long startNanos;
  private int count;
  private int direction;
  private double celsiusSum;

  void clear() {
    count = 0;
    direction = 0;
    celsiusSum = 0;
  }

  /** Adds a frame; one that does not fit any more is ignored. */
  void add(Frame frame, int motion) {
    if (count == CAPACITY) {
      return;
    }
    if (count == 0) {
      startNanos = frame.stampNanos();
    }
    direction = motion;
    focus[count] = frame.focus().focus();
    seconds[count] = (frame.stampNanos() - startNanos) / 1e9;
    celsiusSum += frame.focus().temperatureCelsius();
    measure(frame, sharpness[count]);
    count++;
  }

  /** Begins with the last frame of another pass, at which the lens turned. */
  void beginWithLastOf(SweepPass other) {
    clear();
    int last = other.count - 1;
    startNanos = other.startNanos + Math.round(1e9 * other.seconds[last]);
    focus[0] = other.focus[last];
    seconds[0] = 0;
    System.arraycopy(other.sharpness[last], 0, sharpness[0], 0, CELLS);
    celsiusSum = other.celsius();
    count = 1;
  }

  void copyFrom(SweepPass other) {
    count = other.count;
    direction = other.direction;
    celsiusSum = other.celsiusSum;
    startNanos = other.startNanos;
    System.arraycopy(other.focus, 0, focus, 0, count);
    System.arraycopy(other.seconds, 0, seconds, 0, count);
    for (int i = 0; i < count; i++) {
      System.arraycopy(other.sharpness[i], 0, sharpness[i], 0, CELLS);
    }
  }

  boolean isEnough() {
    return count >= ENOUGH;
  }

  int count() {
    return count;
  }

  /** +1 to nearer, -1 to farther. */
  int direction() {
    return direction;
  }

  double focus(int sample) {
    return focus[sample];
  }

  /** Time since the first sample. */
  double seconds(int sample) {
    return seconds[sample];
  }

  /** Dioptres per second at a sample, with the sign of the direction. */
  double rate(int sample) {
    int from = Math.max(0, sample - 1);
    int to = Math.min(count - 1, sample + 1);
    return (focus[to] - focus[from]) / (seconds[to] - seconds[from]);
  }

  /** Dioptres per second over the whole pass, without sign. */
  double meanRate() {
    return Math.abs(focus[count - 1] - focus[0]) / seconds[count - 1];
  }

  float sharpness(int sample, int cell) {
    return sharpness[sample][cell];
  }

  /** Mean temperature; NaN if that of a sample is unknown. */
  double celsius() {
    return celsiusSum / count;
  }

  /**
   * Root mean square of the second difference along rows relative to the mean luma of each cell, so
   * that neither flicker nor the gain of the camera counts.
   */
  private void measure(Frame frame, float[] into) {
    int apart = Math.max(1, frame.width() / SAMPLED_COLUMNS);
    int rowStep = Math.max(1, frame.height() / SAMPLED_ROWS);
    ByteBuffer luma = frame.luma();
    Arrays.fill(sums, 0);
    Arrays.fill(counts, 0);
    long total = 0;
    long pixels = 0;
    for (int y = 0; y < frame.height(); y += rowStep) {
      int row = y * frame.width();
      int cells = y * ROWS / frame.height() * COLUMNS;
      for (int x = apart; x + apart < frame.width(); x += apart) {
        int middle = luma.get(row + x) & 0xff;
        int bend =
            (luma.get(row + x - apart) & 0xff) - 2 * middle + (luma.get(row + x + apart) & 0xff);
        int cell = cells + x * COLUMNS / frame.width();
        sums[cell] += (double) bend * bend;
        counts[cell]++;
        total += middle;
        pixels++;
      }
    }
    double mean = pixels == 0 ? 1 : Math.max(1, (double) total / pixels);
    for (int cell = 0; cell < CELLS; cell++) {
      into[cell] = counts[cell] == 0 ? 0 : (float) (Math.sqrt(sums[cell] / counts[cell]) / mean);
    }
  }
}
