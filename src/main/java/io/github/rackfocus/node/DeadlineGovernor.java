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
 *       % of the deadline, and would stay under 95 % by what the upper rung cost when it was used
 *       lately;
 *   <li>an ascent that has to be taken back within a hold doubles the hold, up to 16 times; one
 *       that lasts makes it short again. So the changes under a load that stays become ever rarer.
 * </ul>
 *
 * <p>The cost of a rung is the least mean that a quarter of a window took on it lately, without the
 * waiting: near what it takes on an idle machine, and thus comparable between rungs. What was
 * measured long ago, under a load that may be gone, forbids no ascent. Pure arithmetic: it reads no
 * clock. For one thread.
 */
final class DeadlineGovernor {
  /** Maps that a decision looks back on; two misses are more than its 95th percentile allows. */
  static final int WINDOW = 30;

  /** Maps without a sign before an ascent, on rungs that make every map. */
  static final int HOLD = 45;

  private static final int MISSES_TO_DESCEND = 2;
  private static final int TIGHT_TO_DESCEND = WINDOW / 5;
  private static final double TIGHT = 0.92;
  private static final double ASCEND_BELOW = 0.90;
  private static final double ASCEND_TO = 0.95;

  /** Maps after which a measured cost says nothing any more. */
  private static final long LATELY = 6L * HOLD;

  private static final int MOST_BACK_OFF = 16;
  private static final int COST_MAPS = WINDOW / 4;

  /** Maps are made of one stack in so many, once no iterations are left to save. */
  private static final int[] STRIDES = {2, 3, 4, 6, 8};

  private final long deadlineNanos;
  private final int[] iterations;
  private final int[] strides;
  private final double[] cost;
  private final long[] costAt;
  private long maps;
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
    cost = new double[rungs];
    costAt = new long[rungs];
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
    // Rungs with few maps would otherwise be left only after minutes.
    return Math.max(HOLD / strides[rung], WINDOW / 4) * backOff;
  }

  /**
   * Takes in what a map took, and decides what the next one may spend.
   *
   * @param latencyNanos arrival of its reference frame to its hand-over
   * @param costNanos of that the computing, without waiting
   * @return whether it missed the deadline
   */
  boolean mapTook(long latencyNanos, long costNanos) {
    latencies[next] = latencyNanos;
    next = (next + 1) % WINDOW;
    known = Math.min(known + 1, WINDOW);
    sinceMove++;
    maps++;
    measureCost(costNanos);
    if (mustDescend()) {
      descend();
    } else if (sinceMove >= hold()) {
      settle();
      if (rung > 0 && mayAscend()) {
        move(rung - 1, true);
      }
    }
    return latencyNanos > deadlineNanos;
  }

  private void measureCost(long costNanos) {
    costSum += costNanos;
    if (++costCount == COST_MAPS) {
      double mean = costSum / costCount;
      cost[rung] = isOld(rung) || !(cost[rung] <= mean) ? mean : cost[rung];
      costAt[rung] = maps;
      costSum = 0;
      costCount = 0;
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
    if (ascended && sinceMove < hold()) {
      backOff = Math.min(2 * backOff, MOST_BACK_OFF);
    }
    ascended = false;
    if (rung == lastRung()) {
      forgetWindow();
      return;
    }
    long worst = percentile95();
    int to = rung + 1;
    while (to < lastRung() && strides[to] == 1 && predicted(worst, to) > TIGHT * deadlineNanos) {
      to++;
    }
    move(to, false);
  }

  /** An ascent that has lasted this long was right. */
  private void settle() {
    if (ascended) {
      ascended = false;
      backOff = 1;
    }
  }

  private boolean mayAscend() {
    long now = percentile95();
    int above = rung - 1;
    return now < ASCEND_BELOW * deadlineNanos
        && (isOld(above) || !(predicted(now, above) > ASCEND_TO * deadlineNanos));
  }

  private boolean isOld(int other) {
    return maps - costAt[other] > LATELY;
  }

  /** What a percentile of this rung would be on another; NaN where its cost is not known. */
  private double predicted(double latency, int other) {
    return latency * cost[other] / cost[rung];
  }

  private void move(int to, boolean upwards) {
    rung = to;
    ascended = upwards;
    sinceMove = 0;
    forgetWindow();
  }

  private void forgetWindow() {
    known = 0;
    next = 0;
    costSum = 0;
    costCount = 0;
  }

  private long percentile95() {
    System.arraycopy(latencies, 0, sorted, 0, known);
    Arrays.sort(sorted, 0, known);
    return known == 0 ? 0 : sorted[(int) Math.min(known - 1L, Math.round(0.95 * known))];
  }
}
