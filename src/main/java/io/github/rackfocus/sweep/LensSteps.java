package io.github.rackfocus.sweep;

import java.util.Arrays;

/**
 * Judges whether focus may be interpolated between two readings.
 *
 * <p>It may not where the lens turned, flew back or moved against the direction that its driver
 * reports: between such readings it was somewhere else than on the line from one to the other. How
 * far it can have been from that line follows from the speed of the steps before. Up to a tolerance
 * this doesn't matter, so that a driver that reads often loses no frame at the ends of a sweep.
 *
 * <p>Earlier steps alone are used, so that the result does not depend on when readings arrive. For
 * one thread; allocates nothing.
 */
final class LensSteps {
  private static final int REMEMBERED = 5;

  /** Steps that are needed to tell the usual speed from one that flies back. */
  private static final int ENOUGH = 3;

  /** A step so many times faster than the steps before is none of the sweep's. */
  private static final double FAST = 3;

  /** A fast step counts if it is so many tolerances long, which is about a plane. */
  private static final double LONG = 4;

  private final double tolerance;
  private final double[] speeds = new double[REMEMBERED];
  private int count;
  private double lastStep;

  /**
   * @param tolerance greatest error of an interpolated focus, dioptres
   */
  LensSteps(double tolerance) {
    this.tolerance = tolerance;
  }

  void clear() {
    count = 0;
    lastStep = 0;
  }

  boolean isFull() {
    return count == REMEMBERED;
  }

  /** Adds the step before those that were added. */
  void addBefore(double dioptres, long nanos) {
    if (count == 0) {
      lastStep = dioptres;
    }
    speeds[count++] = Math.abs(dioptres) / nanos;
  }

  /**
   * Whether focus may be interpolated over a step.
   *
   * @param dioptres its change of focus
   * @param before direction that its first reading reports, 0 if unknown
   * @param after direction that its second reading reports, 0 if unknown
   */
  boolean isEven(double dioptres, long nanos, int before, int after) {
    double step = Math.abs(dioptres);
    double usual = usualSpeed() * nanos;
    if (count >= ENOUGH && usual > 0 && step > FAST * usual && step > LONG * tolerance) {
      return false;
    }
    if (before != 0) {
      boolean against = dioptres * before < 0;
      boolean turned = before * after < 0;
      double error = turned ? detour(step, usual) : 0;
      return Math.max(against ? step : 0, error) <= tolerance;
    }
    boolean reversed = lastStep != 0 && dioptres * lastStep <= 0;
    return !reversed || (step > 2 * usual ? step : detour(step, usual)) <= tolerance;
  }

  /**
   * Greatest distance from the line of a lens that turns between two readings, at a constant speed
   * that would have taken it {@code usual} dioptres.
   */
  private static double detour(double step, double usual) {
    return step < usual ? (usual * usual - step * step) / (2 * usual) : 0;
  }

  private double usualSpeed() {
    if (count == 0) {
      return 0;
    }
    // Sorted in place: their order was needed for the last step only.
    Arrays.sort(speeds, 0, count);
    return speeds[count / 2];
  }
}
