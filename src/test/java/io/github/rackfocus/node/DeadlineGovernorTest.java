package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DeadlineGovernorTest {
  private static final long MILLI = 1_000_000;
  private static final long DEADLINE = 100 * MILLI;
  private static final List<Integer> CHOICES = List.of(0, 1, 3, 5);

  /** What a rung costs on a machine that does nothing else, in milliseconds. */
  private static double idleMillis(int iterations) {
    return 30 + 8 * iterations;
  }

  /** A governor whose JVM is warm. */
  private static DeadlineGovernor governor() {
    DeadlineGovernor governor = new DeadlineGovernor(DEADLINE, CHOICES);
    run(governor, DeadlineGovernor.GRACE, 1);
    return governor;
  }

  /** Runs maps of a constant latency, whatever is spent. */
  private static void run(DeadlineGovernor governor, int maps, long millis) {
    for (int i = 0; i < maps; i++) {
      governor.recordMap(millis * MILLI, millis * MILLI);
    }
  }

  @Test
  void shouldSpendEverythingWhileThereIsTime() {
    DeadlineGovernor governor = governor();
    run(governor, 1_000, 99);
    assertThat(governor.iterations()).isEqualTo(5);
    assertThat(governor.stride()).isEqualTo(1);
  }

  @Test
  void shouldSayWhichMapsWereLate() {
    DeadlineGovernor governor = governor();
    assertThat(governor.recordMap(DEADLINE, 0)).isFalse();
    assertThat(governor.recordMap(DEADLINE + 1, 0)).isTrue();
  }

  @Test
  void shouldBearOneLateMapInAWindow() {
    DeadlineGovernor governor = governor();
    for (int i = 0; i < 20 * DeadlineGovernor.WINDOW; i++) {
      governor.recordMap(i % DeadlineGovernor.WINDOW == 7 ? 2 * DEADLINE : DEADLINE / 2, 0);
    }
    assertThat(governor.rung()).isZero();
  }

  @Test
  void shouldSpendFewerIterationsFirstAndFewerMapsAfterwards() {
    DeadlineGovernor governor = governor();
    int before = governor.rung();
    boolean fewerMaps = false;
    while (governor.rung() < governor.lastRung()) {
      run(governor, 1, 200);
      assertThat(governor.rung()).isBetween(before, before + 1);
      before = governor.rung();
      fewerMaps |= governor.stride() > 1;
      assertThat(fewerMaps && governor.iterations() > 0).isFalse();
    }
    assertThat(governor.iterations()).isZero();
    assertThat(governor.stride()).isEqualTo(8);
  }

  @Test
  void shouldForgiveAColdVirtualMachineItsFirstMaps() {
    DeadlineGovernor governor = new DeadlineGovernor(DEADLINE, CHOICES);
    for (int i = 0; i < DeadlineGovernor.GRACE; i++) {
      assertThat(governor.recordMap(3 * DEADLINE, 3 * DEADLINE)).as("late").isTrue();
    }
    assertThat(governor.rung()).isZero();
    run(governor, 2, 300);
    assertThat(governor.rung()).as("after the grace").isPositive();
  }

  @Test
  void shouldComeBackAtOnceAfterAscentsThatFailedUnderTheLoad() {
    DeadlineGovernor governor = governor();
    machine(governor, 300, 1.0, 0);
    machine(governor, 6_000, 2.0, 0);
    assertThat(governor.hold()).as("hold under the load").isEqualTo(8 * DeadlineGovernor.HOLD);
    int stacks = 0;
    while (governor.rung() > 0 && stacks < 10_000) {
      stacks += governor.stride();
      machine(governor, 1, 1.0, 0);
    }
    assertThat(stacks).as("stacks until everything is spent").isLessThan(250);
  }

  @Test
  void shouldComeBackWhenTheLoadIsGone() {
    DeadlineGovernor governor = governor();
    run(governor, 100, 300);
    assertThat(governor.rung()).isEqualTo(governor.lastRung());
    run(governor, 40 * DeadlineGovernor.HOLD, 20);
    assertThat(governor.rung()).isZero();
  }

  @Test
  void shouldGoStraightToWhatMeasuredCostSaysIsNeeded() {
    DeadlineGovernor governor = governor();
    machine(governor, 2_000, 1.0, 0);
    machine(governor, 400, 3.0, 0);
    machine(governor, 4_000, 1.0, 0);
    assertThat(governor.rung()).isZero();
    // All rungs were measured. 70 ms at K = 5 become 210: K = 0 is the first that is under.
    governor.recordMap(210 * MILLI, 210 * MILLI);
    governor.recordMap(210 * MILLI, 210 * MILLI);
    assertThat(governor.iterations()).isZero();
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DeadlineGovernor(0, CHOICES))
        .withMessage("deadline is 0 ns; expected above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DeadlineGovernor(DEADLINE, List.of()));
  }

  /** Maps on a machine of which other work takes a share; returns how many were late. */
  private static int machine(DeadlineGovernor governor, int maps, double load, double jitter) {
    Random random = new Random(20261120);
    int late = 0;
    for (int i = 0; i < maps; i++) {
      double millis =
          idleMillis(governor.iterations()) * load * (1 + jitter * random.nextGaussian());
      // A map that is made of every stack waits for half of the one before.
      double wait = governor.stride() == 1 && millis > 66 ? (millis - 66) / 2 : 0;
      late += governor.recordMap((long) ((millis + wait) * MILLI), (long) (millis * MILLI)) ? 1 : 0;
    }
    return late;
  }

  @Property(seed = "20261120")
  void shouldNeverSpendMoreThanAskedNorFewerMapsBeforeAllIterationsAreSaved(
      @ForAll @Size(max = 400) List<@LongRange(max = 400) Long> millis) {
    DeadlineGovernor governor = governor();
    for (long each : millis) {
      governor.recordMap(each * MILLI, each * MILLI);
      assertThat(governor.rung()).isBetween(0, governor.lastRung());
      assertThat(CHOICES).contains(governor.iterations());
      assertThat(governor.stride() == 1 || governor.iterations() == 0).isTrue();
    }
  }

  @Property(seed = "20261120")
  void shouldStayWhereItIsBetweenTheThresholds(
      @ForAll @Size(max = 200) List<@LongRange(min = 1, max = 400) Long> history,
      @ForAll @LongRange(min = 92, max = 100) long steady) {
    DeadlineGovernor governor = governor();
    history.forEach(each -> governor.recordMap(each * MILLI, 50 * MILLI));
    // What the history still weighs is over after a window; then nothing moves any more.
    for (int i = 0; i < 2 * DeadlineGovernor.WINDOW; i++) {
      governor.recordMap(steady * MILLI, 50 * MILLI);
    }
    int rung = governor.rung();
    for (int i = 0; i < 2_000; i++) {
      governor.recordMap(steady * MILLI, 50 * MILLI);
      assertThat(governor.rung()).isEqualTo(rung);
    }
  }

  @Property(seed = "20261120")
  void shouldNotAscendBeforeTheHoldIsOver(
      @ForAll @Size(min = 100, max = 600) List<@LongRange(max = 130) Long> millis) {
    DeadlineGovernor governor = governor();
    int rung = 0;
    int since = 0;
    for (long each : millis) {
      int shortest = Math.max(DeadlineGovernor.HOLD / governor.stride(), governor.hold() / 8);
      governor.recordMap(each * MILLI, each * MILLI);
      since++;
      if (governor.rung() < rung) {
        assertThat(governor.rung()).isEqualTo(rung - 1);
        assertThat(since).isGreaterThanOrEqualTo(shortest);
      }
      if (governor.rung() != rung) {
        rung = governor.rung();
        since = 0;
      }
    }
  }

  @Property(tries = 60, seed = "20261120")
  void shouldHoldTheDeadlineUnderAnyLoadThatALesserRungBears(
      @ForAll @DoubleRange(min = 0.5, max = 3.0) double load,
      @ForAll @DoubleRange(max = 0.05) double jitter) {
    DeadlineGovernor governor = governor();
    machine(governor, 500, load, jitter);
    int late = machine(governor, 5_000, load, jitter);
    assertThat(late).as("late maps of 5,000").isLessThan(250);
  }

  @Property(tries = 60, seed = "20261120")
  void shouldChangeEverMoreRarelyUnderALoadThatStays(
      @ForAll @DoubleRange(min = 0.5, max = 6.0) double load) {
    DeadlineGovernor governor = governor();
    machine(governor, 2_000, load, 0);
    int changes = 0;
    int rung = governor.rung();
    for (int i = 0; i < 5_000; i++) {
      machine(governor, 1, load, 0);
      changes += governor.rung() != rung ? 1 : 0;
      rung = governor.rung();
    }
    assertThat(changes).as("changes in 5,000 maps").isLessThan(40);
  }

  @Property(tries = 300, seed = "20261120")
  void shouldSpendEverythingAgainWithinTheStatedStacksAndStayThere(
      @ForAll @DoubleRange(min = 1.5, max = 8.0) double load,
      @ForAll @DoubleRange(max = 0.05) double jitter,
      @ForAll @IntRange(min = 0, max = 3_000) int calm,
      @ForAll @IntRange(min = 10, max = 3_000) int maps) {
    DeadlineGovernor governor = governor();
    machine(governor, calm, 1.0, jitter);
    machine(governor, maps, load, jitter);
    int stacks = 0;
    while (governor.rung() > 0 && stacks <= DeadlineGovernor.STACKS_TO_COME_BACK) {
      stacks += governor.stride();
      machine(governor, 1, 1.0, jitter);
    }
    assertThat(stacks).isLessThanOrEqualTo(DeadlineGovernor.STACKS_TO_COME_BACK);
    for (int i = 0; i < 2_000; i++) {
      machine(governor, 1, 1.0, jitter);
      assertThat(governor.rung()).as("rung %d maps later", i).isZero();
    }
  }
}
