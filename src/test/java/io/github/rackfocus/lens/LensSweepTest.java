package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.config.SweepConfig;
import io.github.rackfocus.lens.LensSweep.Pattern;
import io.github.rackfocus.sweep.FocusAxis;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LensSweepTest {
  private static final long SECOND = 1_000_000_000L;
  private static final FocusAxis AXIS = FocusAxis.uniformDioptres(1, 10, 10);

  /** A node with lens.input: stamp, the same phase and the sweep's period sees the same focus. */
  @Property(tries = 300, seed = "20261128")
  void shouldRunAsTheStampsAreReadByTheNode(
      @ForAll Pattern pattern,
      @ForAll @IntRange(min = 3, max = 30) int planes,
      @ForAll @DoubleRange(min = 0, max = 5) double phase,
      @ForAll @LongRange(min = 0, max = 20_000_000_000L) long time) {
    if (pattern == Pattern.SAW) {
      return; // The node knows no saw that never rests.
    }
    FocusAxis axis = FocusAxis.uniformDioptres(1, 10, planes);
    LensSweep sweep = new LensSweep(pattern, axis, 20, phase, 0);
    SweepPattern same =
        switch (pattern) {
          case STEP, SAW -> SweepPattern.SAW;
          case TRIANGLE -> SweepPattern.TRIANGLE;
          case SINE -> SweepPattern.SINE;
        };
    var expected = new SweepConfig(axis, same, sweep.periodNanos() / 1e9, phase).focusAtStamp();
    // At a step the two may differ by rounding of the phase.
    assertThat(sweep.at(time).focus())
        .satisfiesAnyOf(
            focus -> assertThat(focus).isCloseTo(expected.applyAsDouble(time), within(1e-6)),
            focus -> assertThat(focus).isCloseTo(expected.applyAsDouble(time - 2), within(1e-6)),
            focus -> assertThat(focus).isCloseTo(expected.applyAsDouble(time + 2), within(1e-6)));
  }

  @Property(tries = 300, seed = "20261128")
  void shouldStayWithinThePlanesAndPassAllOfThem(
      @ForAll Pattern pattern,
      @ForAll @IntRange(min = 3, max = 20) int planes,
      @ForAll @DoubleRange(min = 0, max = 0.3) double dwell) {
    FocusAxis axis = FocusAxis.uniformDioptres(0.5, 8, planes);
    LensSweep sweep = new LensSweep(pattern, axis, 25, 0.3, pattern == Pattern.SINE ? 0 : dwell);
    boolean[] seen = new boolean[planes];
    for (long at = 0; at < sweep.periodNanos(); at += SECOND / 500) {
      LensSweep.Command command = sweep.at(3 * SECOND + at);
      assertThat(command.focus()).isBetween(0.5 - 1e-9, 8 + 1e-9);
      assertThat(Math.abs(command.focus() - axis.focus(command.plane())))
          .isLessThanOrEqualTo(0.51 * 7.5 / (planes - 1));
      assertThat(command.heldNanos()).isNotNegative();
      seen[command.plane()] = true;
    }
    assertThat(seen).containsOnly(true);
    LensSweep.Command first = sweep.at(7 * SECOND);
    LensSweep.Command later = sweep.at(7 * SECOND + sweep.periodNanos());
    assertThat(later.focus()).isCloseTo(first.focus(), within(1e-9));
    assertThat(later.sweepId()).isEqualTo(first.sweepId() + 1);
  }

  @Test
  void shouldRestWhereItDwells() {
    LensSweep sweep = new LensSweep(Pattern.TRIANGLE, AXIS, 10, 0, 0.5);
    assertThat(sweep.periodNanos()).isEqualTo(2 * (9 * SECOND / 10 + SECOND / 2));
    assertThat(sweep.at(SECOND).direction()).isZero();
    assertThat(sweep.at(SECOND).focus()).isEqualTo(10);
    assertThat(sweep.at(SECOND / 2).direction()).isEqualTo(1);
    assertThat(sweep.at(2 * SECOND).direction()).isEqualTo(-1);
    LensSweep steps = new LensSweep(Pattern.STEP, AXIS, 10, 0, 0.5);
    // The middle of the hold ends the dwell: the step before it was 0.55 s ago.
    assertThat(steps.at(10 * steps.periodNanos()).heldNanos()).isEqualTo(SECOND * 55 / 100);
    assertThat(steps.at(SECOND / 10).plane()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatIsNoSweep() {
    assertThatThrownBy(() -> new LensSweep(Pattern.STEP, AXIS, 0, 0, 0))
        .hasMessageContaining("rate of the sweep is 0.0; expected");
    assertThatThrownBy(() -> new LensSweep(Pattern.SINE, AXIS, 10, 0, 1))
        .hasMessageContaining("a sine never rests");
    assertThatThrownBy(() -> new LensSweep(Pattern.STEP, AXIS, 10, 0, -1))
        .hasMessageContaining("dwell is -1.0; expected");
  }
}
