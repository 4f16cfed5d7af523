package io.github.rackfocus.sweep;

import java.util.Arrays;

/**
 * Measures the sweep period from the times at which its planes are visited, and bounds the age of
 * planes while it is not measured yet.
 *
 * <p>Saw, triangle and sine sweeps visit their planes at different intervals, but each has planes
 * (its ends at the latest) that it visits once a period. So the period is the longest interval of
 * any plane, from the first frame of one visit to the first frame of the next (at its ends a sine
 * dwells on a plane for some frames). Of a plane's last four intervals the second longest counts,
 * so that one dropped frame or one pause doesn't stretch it.
 *
 * <p>A plane has a say only while it is visited: one without an interval (a homing move, a stray
 * reading) has none, and one that was not visited for {@link RollingStackConfig#PERIODS_OF_AGE} of
 * its intervals (the sweep was narrowed) loses it.
 *
 * <p>A sweep that goes back and forth visits every plane twice, so that {@code 2 * planes} visits
 * at the usual distance are the longest period to expect. Intervals far above that (the lens
 * rested, or strayed to a plane twice) don't count, and as long as nothing is measured it bounds
 * all ages.
 */
final class SweepPeriod {
  private static final int REMEMBERED = 4;

  private final long[][] intervals;
  private final int[] counts;
  private final long[] visitStamps;
  private final boolean[] seen;
  private final long[] gaps;
  private final long[] sortedGaps;
  private int gapCount;
  private int lastPlane = -1;
  private long firstStamp;
  private long lastStamp;
  private long period;
  private long maxAge;

  SweepPeriod(int planes) {
    intervals = new long[planes][REMEMBERED];
    counts = new int[planes];
    visitStamps = new long[planes];
    seen = new boolean[planes];
    gaps = new long[2 * planes];
    sortedGaps = new long[2 * planes];
    forget();
  }

  /** Records that a frame was placed on a plane. */
  void visited(int plane, long stampNanos) {
    if (plane == lastPlane) {
      return;
    }
    if (lastPlane < 0) {
      firstStamp = stampNanos;
    } else if (stampNanos > lastStamp) {
      gaps[gapCount++ % gaps.length] = stampNanos - lastStamp;
    }
    long expected = longestExpected();
    boolean growing = false;
    if (seen[plane] && stampNanos > visitStamps[plane]) {
      long interval = stampNanos - visitStamps[plane];
      intervals[plane][counts[plane]++ % REMEMBERED] = interval;
      // By half the usual time between visits, to be no jitter.
      growing = counts[plane] == 1 && interval - period > expected / (4 * counts.length);
    }
    seen[plane] = true;
    visitStamps[plane] = stampNanos;
    lastPlane = plane;
    lastStamp = Math.max(lastStamp, stampNanos);
    measure(expected, growing);
  }

  /** The measured period, nanoseconds; 0 until a plane was visited twice. */
  long nanos() {
    return period;
  }

  /**
   * The age at which a plane is stale, nanoseconds; {@link Long#MAX_VALUE} until two planes were
   * visited.
   */
  long maxAgeNanos() {
    return maxAge;
  }

  void forget() {
    Arrays.fill(counts, 0);
    Arrays.fill(seen, false);
    gapCount = 0;
    lastPlane = -1;
    lastStamp = 0;
    period = 0;
    maxAge = Long.MAX_VALUE;
  }

  /**
   * @param growing whether the sweep comes back for the first time: the planes at the turn are
   *     visited again long before the others
   */
  private void measure(long expected, boolean growing) {
    long longest = 0;
    for (int plane = 0; plane < counts.length; plane++) {
      if (counts[plane] > 0) {
        long typical = typical(plane);
        boolean visited =
            lastStamp - visitStamps[plane] <= RollingStackConfig.PERIODS_OF_AGE * typical;
        if (visited && typical / RollingStackConfig.PERIODS_OF_AGE <= expected) {
          longest = Math.max(longest, typical);
        }
      }
    }
    period = longest;
    long assumed = longest == 0 ? expected : longest;
    if (growing) {
      assumed = Math.max(assumed, Math.min(lastStamp - firstStamp, expected));
    }
    maxAge =
        assumed == Long.MAX_VALUE
            ? assumed
            : (long) Math.min(Long.MAX_VALUE, RollingStackConfig.PERIODS_OF_AGE * assumed);
  }

  /** The longest period to expect by the usual time between visits. */
  private long longestExpected() {
    int known = Math.min(gapCount, gaps.length);
    if (known == 0) {
      return Long.MAX_VALUE;
    }
    System.arraycopy(gaps, 0, sortedGaps, 0, known);
    Arrays.sort(sortedGaps, 0, known);
    // Without the longest, which may be pauses.
    int used = known == 1 ? 1 : known - 1 - known / 16;
    double sum = 0;
    for (int i = 0; i < used; i++) {
      sum += sortedGaps[i];
    }
    return (long) (2 * counts.length * sum / used);
  }

  private long typical(int plane) {
    long first = 0;
    long second = 0;
    int known = Math.min(counts[plane], REMEMBERED);
    for (int i = 0; i < known; i++) {
      long interval = intervals[plane][i];
      if (interval >= first) {
        second = first;
        first = interval;
      } else {
        second = Math.max(second, interval);
      }
    }
    return known == 1 ? first : second;
  }
}
