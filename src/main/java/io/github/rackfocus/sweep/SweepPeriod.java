package io.github.rackfocus.sweep;

import java.util.Arrays;

/**
 * Measures the sweep period from the times at which its planes are visited.
 *
 * <p>Saw, triangle and sine sweeps visit their planes at different intervals, but each has planes
 * (its ends at the latest) that it visits once a period. So the period is the longest interval of
 * any plane, from the first frame of one visit to the first frame of the next (at its ends a sine
 * dwells on a plane for some frames). Of a plane's last four intervals the second longest counts,
 * so that one dropped frame or one pause doesn't stretch it.
 */
final class SweepPeriod {
  private static final int REMEMBERED = 4;

  private final long[][] intervals;
  private final int[] counts;
  private final long[] visitStamps;
  private final boolean[] seen;
  private int lastPlane = -1;
  private long period;

  SweepPeriod(int planes) {
    intervals = new long[planes][REMEMBERED];
    counts = new int[planes];
    visitStamps = new long[planes];
    seen = new boolean[planes];
  }

  /** Records that a frame was placed on a plane. */
  void visited(int plane, long stampNanos) {
    if (plane == lastPlane) {
      return;
    }
    if (seen[plane] && stampNanos > visitStamps[plane]) {
      intervals[plane][counts[plane]++ % REMEMBERED] = stampNanos - visitStamps[plane];
    }
    seen[plane] = true;
    period = measure();
    visitStamps[plane] = stampNanos;
    lastPlane = plane;
  }

  /** The measured period, nanoseconds; 0 until every plane that is visited was visited twice. */
  long nanos() {
    return period;
  }

  void forget() {
    Arrays.fill(counts, 0);
    Arrays.fill(seen, false);
    lastPlane = -1;
    period = 0;
  }

  private long measure() {
    long longest = 0;
    for (int plane = 0; plane < counts.length; plane++) {
      if (seen[plane] && counts[plane] == 0) {
        return 0;
      }
      // A plane that is never visited does not count: the others still age.
      longest = seen[plane] ? Math.max(longest, typical(plane)) : longest;
    }
    return longest;
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
