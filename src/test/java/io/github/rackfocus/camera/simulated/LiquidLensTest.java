package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class LiquidLensTest {
  @Property(tries = 200, seed = "20261120")
  void shouldSettleAtTheCommandWithinTheHysteresis(
      @ForAll @DoubleRange(min = 1, max = 2000) double hertz,
      @ForAll @DoubleRange(min = 0.05, max = 5) double damping,
      @ForAll @DoubleRange(min = 0, max = 1) double play,
      @ForAll @DoubleRange(min = 0, max = 20) double from,
      @ForAll @DoubleRange(min = 0, max = 20) double command) {
    LiquidLens lens = new LiquidLens(hertz, damping, play, from);
    double slowest = damping <= 1 ? damping : damping - Math.sqrt(damping * damping - 1);
    lens.advance(command, 30 / (2 * Math.PI * hertz * slowest));
    assertThat(Math.abs(lens.focus() - command)).isLessThanOrEqualTo(play / 2 + 1e-6);
    assertThat(lens.velocity() / hertz).isCloseTo(0, within(1e-6));
    assertThat(lens.error()).isLessThan(1e-6);
  }

  /** The overshoot of a second-order step is exp(-pi z / sqrt(1 - z^2)), and 0 from z = 1. */
  @Property(tries = 200, seed = "20261120")
  void shouldOvershootByTheFormulaOfItsDamping(
      @ForAll @DoubleRange(min = 0.05, max = 3) double damping) {
    LiquidLens lens = new LiquidLens(100, damping, 0, 2);
    double highest = 2;
    for (int i = 0; i < 4000; i++) {
      lens.advance(7, 2e-5);
      highest = Math.max(highest, lens.focus());
    }
    double expected =
        damping < 1 ? 5 * Math.exp(-Math.PI * damping / Math.sqrt(1 - damping * damping)) : 0;
    assertThat(highest - 7).isLessThanOrEqualTo(expected + 1e-9);
    if (damping < 0.8) {
      assertThat(highest - 7).isCloseTo(expected, within(0.01));
    }
  }

  @Property(tries = 200, seed = "20261120")
  void shouldNotDependOnTheStepWidth(
      @ForAll @DoubleRange(min = 0.05, max = 4) double damping,
      @ForAll @DoubleRange(min = 0.1, max = 200) double millis) {
    LiquidLens whole = new LiquidLens(60, damping, 0.1, 1);
    LiquidLens parts = new LiquidLens(60, damping, 0.1, 1);
    double seconds = millis / 1e3;
    whole.advance(4, seconds);
    for (int i = 0; i < 7; i++) {
      parts.advance(4, seconds / 7);
    }
    assertThat(parts.focus()).isCloseTo(whole.focus(), within(1e-9));
    assertThat(parts.velocity()).isCloseTo(whole.velocity(), within(1e-6));
  }

  @Property(tries = 50, seed = "20261120")
  void shouldSettleAtDifferentFocusWhenRisingAndFalling(
      @ForAll @DoubleRange(min = 0.01, max = 1) double play) {
    LiquidLens lens = new LiquidLens(100, 0.7, play, 0);
    lens.advance(5, 1);
    double goingUp = lens.focus();
    lens.advance(10, 1);
    lens.advance(5, 1);
    assertThat(lens.focus() - goingUp).isCloseTo(play, within(1e-9));
  }
}
