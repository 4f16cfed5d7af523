package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BitDepthWatchTest {
  @Test
  void shouldWaitForTheBrightestOfASweep() {
    BitDepthWatch watch = new BitDepthWatch(16, 3);
    assertThat(watch.add(900)).isNull();
    assertThat(watch.add(4000)).isNull();
    assertThat(watch.add(1000)).contains("is 4000", "bitDepth 16", "12 by these images");
    assertThat(watch.isWatching()).isFalse();
    assertThat(watch.add(900)).as("once").isNull();
  }

  @Test
  void shouldBeSatisfiedByAQuarterOfFullScale() {
    BitDepthWatch watch = new BitDepthWatch(12, 3);
    assertThat(watch.add(1023)).isNull();
    assertThat(watch.add(1024)).isNull();
    assertThat(watch.isWatching()).isFalse();
  }

  @Test
  void shouldSayThatSamplesAreCutOff() {
    BitDepthWatch watch = new BitDepthWatch(10, 3);
    assertThat(watch.add(4095)).contains("a sample of 4095", "above 1023 are white", "at least 12");
    assertThat(watch.isWatching()).isFalse();
  }
}
