package io.github.rackfocus.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Holds the 95th percentile of a node's latency under a deadline by spending less: first by fewer
 * proximal iterations, then, when none are left, by fewer maps a second; and spends more again when
 * there is room.
 *
 * <p>What may be spent is a ladder: rung 0 is everything, each further rung is less. The decisions
 * follow from the measured latencies of the last {@link #WINDOW} maps on the present rung alone:
 *
 * <ul>
 *   <li>down, at once, when two of them missed the deadline (more than 5 % of the window), or one
 *       did and a fifth came later than 92 % of it; by as many rungs as the measured cost of the
 *       rungs says are needed, one where it is not known;
 *   <li>up, by one rung, after a whole hold without such a sign, if the 95th percentile is under 90
 *       % of the deadline, and would stay under 95 % by what the upper rung costs more than this
 *       one; what was measured forbids an ascent for two holds at most, then it is tried;
 *   <li>an ascent that has to be taken back within two holds doubles the hold, up to 8 times; one
 *       that lasts makes it short again, and so does relief: a rung that costs 15 % less than it
 *       did after that failure. So the changes under a load that stays become ever rarer, and when
 *       it goes everything is spent again after some {@link #HOLD} stacks a rung, at most {@link
 *       #STACKS_TO_COME_BACK} in all.
 * </ul>
 *
 * <p>The first {@link #GRACE} maps are judged but change nothing: a JVM that has just started takes
 * several times as long as it will. The cost of a rung is the least mean that a quarter of a window
 * took on it, without the waiting: near what it takes on an idle machine, and thus comparable
 * between rungs, whatever load they were measured under later. Pure arithmetic: it reads no clock.
 * For one thread.
 */
final class DeadlineGovernor {
  /** Maps that a decision looks back on; two misses are more than its 95th percentile allows. */
  static final int WINDOW = 30;

  /** Maps without a sign before an ascent, on rungs that make every map. */
  static final int HOLD = 45;

  /** Maps of a JVM that is still cold. */
  static final int GRACE = 30;

  /**
   * Stacks after which everything is spent again once a map costs what it does on an idle machine,
   * from the last rung and with four numbers of iterations: some 400, and at most this many where
   * an ascent failed just before the load went, so that nothing shows that it did.
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

  /** What a rung must cost, of what it did after a failed ascent, for a load to count as gone. */
  private static final double RELIEF = 0.85;

  private static final int MEANS_OF_RELIEF = 2;
  private static final int COST_MAPS = WINDOW / 4;

  /** Maps are made of one stack in so many, once no iterations are left to save. */
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
   * @param deadlineNanos what the 95th percentile is held under
   * @param choices numbers of iterations there are, ascending; the last is what is spent at best
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

  /** Proximal iterations of the next map. */
  int iterations() {
    return iterations[rung];
  }

  /** A map is made of one stack in so many; 1: of each. */
  int stride() {
    return strides[rung];
  }

  /** 0 where everything is spent; more is less. */
  int rung() {
    return rung;
  }

  /** The last rung's number. */
  int lastRung() {
    return strides.length - 1;
  }

  /** Maps without a sign before the next ascent. */
  int hold() {
    return shortestHold() * backOff;
  }

  private int shortestHold() {
    // Rungs with few maps would otherwise be left only after minutes.
    return Math.max(HOLD / strides[rung], WINDOW / 4);
  }

  /**
   * Takes in what a map took, and decides what the next one may spend.
   *
   * @param latencyNanos arrival of its reference frame to its hand-over
   * @param costNanos of that the computing, without waiting
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

  /** Whether the load that an ascent failed under is gone: then nothing speaks against the next. */
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

  /** An ascent that has lasted this long was right. */
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

  /** What a percentile of this rung would be on another; NaN where its cost is not known. */
  private double predicted(double latency, int other) {
    return latency * cost[costOf(other)] / cost[costOf(rung)];
  }

  /** Rungs that differ in how many maps are made only cost the same a map. */
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

  /** Of the newest maps of the window, so many at most. */
  private long percentile95(int newest) {
    int count = Math.min(known, newest);
    for (int i = 0; i < count; i++) {
      sorted[i] = latencies[Math.floorMod(next - 1 - i, WINDOW)];
    }
    Arrays.sort(sorted, 0, count);
    return count == 0 ? 0 : sorted[(int) Math.min(count - 1L, Math.round(0.95 * count))];
  }
}
