package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.frame.FocusScale;

/**
 * Depth in 16 bits, as files and Kafka carry it: 0 is NaN, 1 nearer than the sweep (−Inf), 65535
 * beyond it (+Inf), everything else a number of units.
 *
 * <p>For a depth between {@code 1.5 * unit} and {@link #greatest()}, {@code |decode(encode(depth))
 * − depth| <= unit / 2}. Smaller numbers are written as 2 units and larger ones as beyond: a sweep
 * whose farthest plane is at infinity has such depths. Immutable.
 *
 * @param unit what one step is worth, metres (or index units); finite and above 0
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

  /** A sweep over less depth than this many steps gets a finer unit. */
  private static final int LEAST_STEPS = 1000;

  /**
   * How much farther than the second plane depth is still told apart where the farthest plane is at
   * infinity; the error of a depth grows with its square, so that beyond it little is known.
   */
  private static final double REACH_TO_INFINITY = 10;

  public DepthEncoding16 {
    if (!(unit > 0) || !Double.isFinite(unit)) {
      throw new IllegalArgumentException(
          "unit of 16-bit depth is " + unit + "; expected a finite number above 0");
    }
  }

  /** The encoding for a map, chosen from the range of its sweep. */
  public static DepthEncoding16 of(DepthInfo info) {
    double farthest = info.farthestDepth();
    if (Double.isInfinite(farthest)) {
      farthest = REACH_TO_INFINITY * info.scale().depthAt(info.planeFocus(1), 0);
    }
    return forRange(info.scale(), info.nearestDepth(), farthest);
  }

  /**
   * The encoding for a range of depths: 0.1 mm (0.001 on index scales) where that suits it, a
   * coarser unit where the range would not fit, a finer one where it would get fewer than 1000
   * steps. Units are 1, 2 or 5 times a power of ten, so that they do not change as the readings of
   * a sweep vary a little.
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

  /** The largest number that can be written. */
  public double greatest() {
    return GREATEST * unit;
  }

  /** The code of a depth, 0 to 65535. */
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
   * The depth of a code; NaN, −Inf or +Inf for the special ones.
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

  /** Step n of the series …, 0.1, 0.2, 0.5, 1, 2, 5, …; step 0 is 1. */
  private static double unitAt(int step) {
    int decade = Math.floorDiv(step, 3);
    int mantissa = new int[] {1, 2, 5}[Math.floorMod(step, 3)];
    // Dividing by a power of ten gives the double nearest to the decimal; multiplying does not.
    return decade < 0 ? mantissa / Math.pow(10, -decade) : mantissa * Math.pow(10, decade);
  }

  private static int stepOf(double powerOfTen) {
    return 3 * (int) Math.rint(Math.log10(powerOfTen));
  }
}
