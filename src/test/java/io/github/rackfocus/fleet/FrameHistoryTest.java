package io.github.rackfocus.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameHistoryTest {
  private static final long TICK = 100;

  private final FrameHistory history = new FrameHistory();

  private void frames(int count) {
    for (int i = 0; i < count; i++) {
      history.add(7L * i, TICK * i);
    }
  }

  @Test
  void shouldReachBackFromTheFirstFrameThatIsNotFinished() {
    frames(20);
    assertThat(history.neededFrom(7 * 10, 5 * TICK)).isEqualTo(7 * 5);
    // What is older was forgotten, since finished only grows.
    assertThat(history.neededFrom(7 * 10, 9 * TICK)).isEqualTo(7 * 5);
    assertThat(history.neededFrom(7 * 11, 5 * TICK)).isEqualTo(7 * 6);
  }

  @Test
  void shouldReachBackFromTheLastFrameWhenAllAreFinished() {
    frames(20);
    assertThat(history.neededFrom(500, 3 * TICK)).isEqualTo(7 * 16);
  }

  @Test
  void shouldNeedAllUntilThePeriodIsKnownAndNothingWithoutFrames() {
    frames(20);
    assertThat(history.neededFrom(500, Long.MAX_VALUE)).isZero();
    history.clear();
    assertThat(history.neededFrom(500, 3 * TICK)).isEqualTo(500);
  }

  @Test
  void shouldNeverNeedMoreThanWhatIsFinished() {
    history.add(100, 5);
    assertThat(history.neededFrom(40, 10)).isEqualTo(40);
  }

  @Test
  void shouldBoundWhatItRemembers() {
    frames(FrameHistory.MAX_FRAMES + 10);
    assertThat(history.neededFrom(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(70);
  }

  @Test
  void shouldTellFramesASecond() {
    assertThat(history.rateHz()).isZero();
    history.add(0, 1_000_000_000L);
    history.add(1, 1_200_000_000L);
    history.add(2, 1_400_000_000L);
    assertThat(history.rateHz()).isEqualTo(5);
  }
}
