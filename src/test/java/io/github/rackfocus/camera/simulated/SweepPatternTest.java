package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class SweepPatternTest {
  @Property(tries = 300, seed = "20261120")
  void shouldVisitEveryPlaneInEveryPeriod(
      @ForAll SweepPattern pattern,
      @ForAll @IntRange(min = 3, max = 64) int planes,
      @ForAll @IntRange(min = 0, max = 1000) int offset) {
    boolean[] visited = new boolean[planes];
    for (int k = offset; k < offset + pattern.periodFrames(planes); k++) {
      double at = pattern.commandAt(k + 0.5, planes, 0, planes - 1);
      int nearest = (int) Math.rint(at);
      assertThat(Math.abs(at - nearest)).isLessThanOrEqualTo(0.5);
      visited[nearest] = true;
    }
    assertThat(Arrays.equals(visited, allTrue(planes))).isTrue();
  }

  @Property(tries = 300, seed = "20261120")
  void shouldRepeatAndStayWithinTheSweep(
      @ForAll SweepPattern pattern,
      @ForAll @IntRange(min = 3, max = 64) int planes,
      @ForAll @DoubleRange(min = 0, max = 500) double phase) {
    double here = pattern.commandAt(phase, planes, 2, 9);
    assertThat(here).isBetween(2 - 1e-12, 9 + 1e-12);
    // Away from the jumps of a saw, which rounding may shift.
    if (pattern != SweepPattern.SAW || Math.abs(phase - Math.rint(phase)) > 1e-6) {
      assertThat(pattern.commandAt(phase + pattern.periodFrames(planes), planes, 2, 9))
          .isCloseTo(here, within(1e-9));
    }
  }

  @Property(tries = 100, seed = "20261120")
  void shouldReachBothEnds(
      @ForAll SweepPattern pattern, @ForAll @IntRange(min = 3, max = 64) int planes) {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < pattern.periodFrames(planes); k++) {
      double at = pattern.commandAt(k + 0.5, planes, 2, 9);
      lowest = Math.min(lowest, at);
      highest = Math.max(highest, at);
    }
    assertThat(lowest).isCloseTo(2, within(1e-9));
    assertThat(highest).isCloseTo(9, within(1e-9));
  }

  private static boolean[] allTrue(int count) {
    boolean[] flags = new boolean[count];
    Arrays.fill(flags, true);
    return flags;
  }
}
