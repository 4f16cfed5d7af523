package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.frame.FocusScale;

/**
 * The 16-bit encoding of depth in files and Kafka records: 0 is NaN, 1 is nearer than the sweep
 * (−Inf), 65535 is beyond the sweep (+Inf), any other code is a multiple of the unit.
 *
 * <p>For a depth between {@code 1.5 * unit} and {@link #greatest()}, {@code |decode(encode(depth))
 * − depth| <= unit / 2}. Smaller depths are encoded as 2 units and larger ones as beyond the sweep;
 * they occur in sweeps whose farthest plane is at infinity. Immutable.
 *
 * @param unit depth per step in metres or index units; finite and above 0
 */
public record DepthEncoding16(double unit) {
  /** No depth. */
  public static final int INVALID = 0;

  /** Nearer than the sweep. */
  public static final int NEARER = 1;

  /** Beyond the sweep, or too far for 16 bits. */
  public static final int BEYOND = 65535;

  private static final int LEAST = 2;
  private static final int GREATEST = 65534;
  private static final double DEFAULT_METRES = 0.0001;
  private static final double DEFAULT_INDEX = 0.001;

  /** A sweep whose range has fewer steps than this gets a finer unit. */
  private static final int LEAST_STEPS = 1000;

  /**
   * Farthest depth to encode if the farthest plane is at infinity, in multiples of the depth of the
   * second plane. The error of depth grows with its square, so that larger depths mean little.
   */
  private static final double REACH_TO_INFINITY = 10;

  public DepthEncoding16 {
    if (!(unit > 0) || !Double.isFinite(unit)) {
      throw new IllegalArgumentException(
          "unit of 16-bit depth is " + unit + "; expected a finite number above 0");
    }
  }

  /** Returns the encoding of a map, chosen by the range of its sweep. */
  public static DepthEncoding16 of(DepthInfo info) {
    double farthest = info.farthestDepth();
    if (Double.isInfinite(farthest)) {
      farthest = REACH_TO_INFINITY * info.scale().depthAt(info.planeFocus(1), 0);
    }
    return forRange(info.scale(), info.nearestDepth(), farthest);
  }

  /**
   * Returns the encoding for a range of depths: 0.1 mm (0.001 on index scales) by default, a
   * coarser unit if the range does not fit, a finer one if it would have fewer than 1000 steps.
   * Units are 1, 2 or 5 times a power of ten, so that small changes of the sweep do not change
   * them.
   *
   * @param depth1 one end of the range, metres or index, finite
   * @param depth2 the other end, finite
   */
  public static DepthEncoding16 forRange(FocusScale scale, double depth1, double depth2) {
    double largest = Math.max(depth1, depth2);
    double range = Math.abs(depth1 - depth2);
    int step = stepOf(scale.isMetric() ? DEFAULT_METRES : DEFAULT_INDEX);
    while (unitAt(step) * GREATEST < largest) {
      step++;
    }
    while (range > 0
        && range < LEAST_STEPS * unitAt(step)
        && unitAt(step - 1) * GREATEST >= largest) {
      step--;
    }
    return new DepthEncoding16(unitAt(step));
  }

  /** Returns the greatest depth that can be encoded. */
  public double greatest() {
    return GREATEST * unit;
  }

  /** Returns the code of a depth, 0 to 65535. */
  public int encode(float depth) {
    if (Float.isNaN(depth)) {
      return INVALID;
    }
    if (depth == Float.NEGATIVE_INFINITY) {
      return NEARER;
    }
    double steps = Math.rint(depth / unit);
    return steps > GREATEST ? BEYOND : Math.max(LEAST, (int) steps);
  }

  /**
   * Returns the depth of a code; NaN, −Inf or +Inf for the special codes.
   *
   * @param code 0 to 65535
   */
  public float decode(int code) {
    return switch (code) {
      case INVALID -> Float.NaN;
      case NEARER -> Float.NEGATIVE_INFINITY;
      case BEYOND -> Float.POSITIVE_INFINITY;
      default -> (float) (code * unit);
    };
  }

  /** Returns element n of the series …, 0.1, 0.2, 0.5, 1, 2, 5, …; element 0 is 1. */
  private static double unitAt(int step) {
    int decade = Math.floorDiv(step, 3);
    int mantissa = new int[] {1, 2, 5}[Math.floorMod(step, 3)];
    // Division by a power of ten gives the double closest to the decimal; multiplication does not.
    return decade < 0 ? mantissa / Math.pow(10, -decade) : mantissa * Math.pow(10, decade);
  }

  private static int stepOf(double powerOfTen) {
    return 3 * (int) Math.rint(Math.log10(powerOfTen));
  }
}
