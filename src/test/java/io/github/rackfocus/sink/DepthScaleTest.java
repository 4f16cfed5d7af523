package io.github.rackfocus.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class DepthScaleTest {
  @Property(seed = "20261120")
  void shouldPlaceEveryLabelAtItsDepth(
      @ForAll @DoubleRange(min = 0.02, max = 5) double nearest,
      @ForAll @DoubleRange(min = 1.02, max = 50) double ratio,
      @ForAll @IntRange(min = 2, max = 9) int count) {
    DepthScale scale = new DepthScale(true, nearest, nearest * ratio);
    double factor = scale.unit().equals("m") ? 1 : scale.unit().equals("cm") ? 100 : 1000;
    List<DepthScale.Tick> ticks = scale.ticks(count);
    assertThat(ticks).hasSize(count);
    double before = -1;
    for (DepthScale.Tick tick : ticks) {
      assertThat(tick.fraction()).isGreaterThan(before).isBetween(0.0, 1.0);
      before = tick.fraction();
      assertThat(scale.fractionOf(Double.parseDouble(tick.label()) / factor))
          .isCloseTo(tick.fraction(), within(1e-6));
    }
  }

  @Example
  void shouldLabelRoundNumbersInASuitableUnit() {
    DepthScale room = new DepthScale(true, 0.2, 5);
    assertThat(room.unit()).isEqualTo("m");
    assertThat(room.ticks(5))
        .extracting(DepthScale.Tick::label)
        .containsExactly("1.5", "0.6", "0.4", "0.28", "0.22");
    assertThat(new DepthScale(true, 0.2, 0.5).unit()).isEqualTo("cm");
    assertThat(new DepthScale(true, 0.05, 0.1).unit()).isEqualTo("mm");
    assertThat(new DepthScale(false, 0, 9).unit()).isEqualTo("index");
  }

  @Example
  void shouldPlaceInfinityOnTheBar() {
    DepthScale scale = new DepthScale(true, 0.25, Double.POSITIVE_INFINITY);
    assertThat(scale.fractionOf(Double.POSITIVE_INFINITY)).isZero();
    assertThat(scale.fractionOf(0.25)).isEqualTo(1);
    assertThat(scale.fractionOf(0.5)).isEqualTo(0.5);
    assertThat(scale.ticks(3)).allMatch(tick -> tick.fraction() > 0);
  }

  @Example
  void shouldRunFromFarToNearOnIndexScalesOfEitherDirection() {
    DepthScale farFirst = new DepthScale(false, 9, 0);
    assertThat(farFirst.fractionOf(0)).isZero();
    assertThat(farFirst.fractionOf(9)).isEqualTo(1);
    DepthScale nearFirst = new DepthScale(false, 0, 9);
    assertThat(nearFirst.fractionOf(9)).isZero();
    assertThat(nearFirst.fractionOf(0)).isEqualTo(1);
  }
}
