package io.github.rackfocus.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the 95th percentile of a node's latency below a deadline by computing less: first with
 * fewer proximal iterations, then, when none are left, with fewer maps per second. Computes more
 * again when there is time.
 *
 * <p>The levels of effort form a ladder: rung 0 is full effort, each further rung is less.
 * Decisions depend only on the latencies of the last {@link #WINDOW} maps on the current rung:
 *
 * <ul>
 *   <li>down, at once, if two of them missed the deadline (more than 5 % of the window), or one did
 *       and a fifth took longer than 92 % of it; by as many rungs as their measured cost requires,
 *       or by one if it is unknown;
 *   <li>up, by one rung, after a whole hold without such a sign, if the 95th percentile is below 90
 *       % of the deadline and would stay below 95 % with the additional cost of the upper rung;
 *       measurements prevent an ascent for at most two holds, then it is tried;
 *   <li>an ascent that is undone within two holds doubles the hold, up to 8 times; one that lasts
 *       resets it, and so does relief: a rung that costs 15 % less than after that failure. So
 *       changes under a constant load become ever rarer, and when the load ends, full effort
 *       returns after about {@link #HOLD} stacks per rung, at most {@link #STACKS_TO_COME_BACK} in
 *       all.
 * </ul>
 *
 * <p>The first {@link #GRACE} maps change nothing, since a JVM that has just started is several
 * times slower. The cost of a rung is the smallest mean computing time of a quarter of a window on
 * it: close to the cost on an idle machine, and so comparable between rungs whatever the load.
 * Reads no clock. For one thread.
 */
final class DeadlineGovernor {
  /** Maps that a decision depends on; two misses are more than a 95th percentile allows. */
  static final int WINDOW = 30;

  /** Maps without a sign before an ascent, on rungs that compute every map. */
  static final int HOLD = 45;

  /** Maps while the JVM is still cold. */
  static final int GRACE = 30;

  /**
   * Stacks until full effort returns on an idle machine, from the last rung and with four numbers
   * of iterations: about 400, and at most this many if an ascent failed just before the load ended,
   * so that the relief cannot be measured.
   */
  static final int STACKS_TO_COME_BACK = 900;

  private static final int MISSES_TO_DESCEND = 2;
  private static final int TIGHT_TO_DESCEND = WINDOW / 5;
  private static final double TIGHT = 0.92;
  private static final double ASCEND_BELOW = 0.90;
  private static final double ASCEND_TO = 0.95;

  private static final int HOLDS_TO_SETTLE = 2;
  private static final int HOLDS_TO_TRY_ANYWAY = 2;
  private static final int MOST_BACK_OFF = 8;

  /**
   * Cost of a rung, relative to its cost after a failed ascent, below which a load counts as gone.
   */
  private static final double RELIEF = 0.85;

  private static final int MEANS_OF_RELIEF = 2;
  private static final int COST_MAPS = WINDOW / 4;

  /** A map is computed for every n-th stack, once no iterations are left to save. */
  private static final int[] STRIDES = {2, 3, 4, 6, 8};

  private final long deadlineNanos;
  private final int[] iterations;
  private final int[] strides;
  private final double[] cost;
  private final long[] latencies = new long[WINDOW];
  private final long[] sorted = new long[WINDOW];
  private int known;
  private int next;
  private int rung;
  private int sinceMove;
  private boolean ascended;
  private int backOff = 1;
  private double costSum;
  private int costCount;
  private double costAfterFailure = Double.NaN;
  private boolean failed;
  private int relieved;
  private int grace = GRACE;

  /**
   * @param deadlineNanos bound of the 95th percentile of the latency
   * @param choices available numbers of iterations, ascending; the last is full effort
   */
  DeadlineGovernor(long deadlineNanos, List<Integer> choices) {
    if (deadlineNanos <= 0) {
      throw new IllegalArgumentException("deadline is " + deadlineNanos + " ns; expected above 0");
    }
    if (choices.isEmpty()) {
      throw new IllegalArgumentException("no numbers of iterations to choose from");
    }
    this.deadlineNanos = deadlineNanos;
    List<Integer> descending = new ArrayList<>(choices);
    descending.sort((a, b) -> Integer.compare(b, a));
    int rungs = descending.size() + STRIDES.length;
    iterations = new int[rungs];
    strides = new int[rungs];
    for (int i = 0; i < rungs; i++) {
      int saved = i - descending.size();
      iterations[i] = descending.get(Math.min(i, descending.size() - 1));
      strides[i] = saved < 0 ? 1 : STRIDES[saved];
    }
    cost = new double[descending.size()];
    Arrays.fill(cost, Double.NaN);
  }

  /** The bound of the latency. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Proximal iterations of the next map. */
  int iterations() {
    return iterations[rung];
  }

  /** A map is computed for every n-th stack; 1: for each. */
  int stride() {
    return strides[rung];
  }

  /** Current rung: 0 is full effort, more is less. */
  int rung() {
    return rung;
  }

  /** Number of the last rung. */
  int lastRung() {
    return strides.length - 1;
  }

  /** Maps without a sign that are required before the next ascent. */
  int hold() {
    return shortestHold() * backOff;
  }

  private int shortestHold() {
    // Otherwise rungs with few maps would be left only after minutes.
    return Math.max(HOLD / strides[rung], WINDOW / 4);
  }

  /**
   * Records the times of a map, and decides on the effort of the next one.
   *
   * @param latencyNanos from the arrival of its reference frame to its hand-over
   * @param costNanos computing time within it, without waiting
   * @return whether it missed the deadline
   */
  boolean recordMap(long latencyNanos, long costNanos) {
    boolean late = latencyNanos > deadlineNanos;
    if (grace > 0) {
      grace--;
      return late;
    }
    latencies[next] = latencyNanos;
    next = (next + 1) % WINDOW;
    known = Math.min(known + 1, WINDOW);
    sinceMove++;
    measureCost(costNanos);
    if (mustDescend()) {
      descend();
    } else {
      settle();
      if (rung > 0 && sinceMove >= hold() && mayAscend()) {
        move(rung - 1, true);
      }
    }
    return late;
  }

  private void measureCost(long costNanos) {
    costSum += costNanos;
    if (++costCount == COST_MAPS) {
      double mean = costSum / costCount;
      int spent = costOf(rung);
      cost[spent] = cost[spent] <= mean ? cost[spent] : mean;
      noteRelief(mean);
      costSum = 0;
      costCount = 0;
    }
  }

  /** Whether the load under which an ascent failed is gone, so that the next may be tried. */
  private void noteRelief(double mean) {
    if (failed) {
      failed = false;
      costAfterFailure = mean;
    }
    relieved = mean < RELIEF * costAfterFailure ? relieved + 1 : 0;
    if (relieved == MEANS_OF_RELIEF) {
      backOff = 1;
      costAfterFailure = Double.NaN;
    }
  }

  private boolean mustDescend() {
    int missed = 0;
    int tight = 0;
    for (int i = 0; i < known; i++) {
      missed += latencies[i] > deadlineNanos ? 1 : 0;
      tight += latencies[i] > TIGHT * deadlineNanos ? 1 : 0;
    }
    return missed >= MISSES_TO_DESCEND || (tight >= TIGHT_TO_DESCEND && missed > 0);
  }

  private void descend() {
    if (ascended) {
      backOff = Math.min(2 * backOff, MOST_BACK_OFF);
    }
    failed = backOff > 1;
    ascended = false;
    if (rung == lastRung()) {
      forgetWindow();
      return;
    }
    long worst = percentile95(WINDOW);
    int to = rung + 1;
    while (to < lastRung() && strides[to] == 1 && predicted(worst, to) > TIGHT * deadlineNanos) {
      to++;
    }
    move(to, false);
  }

  /** An ascent that lasted this long has succeeded. */
  private void settle() {
    if (ascended && sinceMove >= HOLDS_TO_SETTLE * shortestHold()) {
      ascended = false;
      backOff = 1;
    }
  }

  private boolean mayAscend() {
    long now = percentile95(shortestHold());
    int above = rung - 1;
    boolean dear = predicted(now, above) > ASCEND_TO * deadlineNanos;
    return now < ASCEND_BELOW * deadlineNanos
        && (!dear || sinceMove >= HOLDS_TO_TRY_ANYWAY * hold());
  }

  /** Estimates a percentile of this rung for another; NaN if its cost is unknown. */
  private double predicted(double latency, int other) {
    return latency * cost[costOf(other)] / cost[costOf(rung)];
  }

  /** Rungs that differ only in the number of maps cost the same per map. */
  private int costOf(int other) {
    return Math.min(other, cost.length - 1);
  }

  private void move(int to, boolean upwards) {
    rung = to;
    ascended = upwards;
    sinceMove = 0;
    relieved = 0;
    costAfterFailure = Double.NaN;
    failed = failed && !upwards;
    forgetWindow();
  }

  private void forgetWindow() {
    known = 0;
    next = 0;
    costSum = 0;
    costCount = 0;
  }

  /** Number of maps to look at: the newest of the window, at most this many. */
  private long percentile95(int newest) {
    int count = Math.min(known, newest);
    for (int i = 0; i < count; i++) {
      sorted[i] = latencies[Math.floorMod(next - 1 - i, WINDOW)];
    }
    Arrays.sort(sorted, 0, count);
    return count == 0 ? 0 : sorted[(int) Math.min(count - 1L, Math.round(0.95 * count))];
  }
}
