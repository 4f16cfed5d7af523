package io.github.rackfocus.lens;

import org.jspecify.annotations.Nullable;

/**
 * The values a lens accepts, dioptres.
 *
 * @param min least value
 * @param max greatest value, not less
 */
public record LensRange(double min, double max) {
  /** Checks that the range is one. */
  public LensRange {
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          "range of the lens is " + min + " to " + max + "; expected an ascending one");
    }
  }

  /** Returns what this range and another have in common, or null if that is nothing. */
  @Nullable LensRange and(LensRange other) {
    double low = Math.max(min, other.min);
    double high = Math.min(max, other.max);
    return low <= high ? new LensRange(low, high) : null;
  }

  /** Whether a value is in the range, up to rounding. */
  boolean contains(double dioptres) {
    return dioptres >= min - 1e-6 && dioptres <= max + 1e-6;
  }

  /** Returns the nearest value in the range. */
  double clamp(double dioptres) {
    return Math.min(Math.max(dioptres, min), max);
  }
}
