package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameIdentityTest {
  private final FramePool pool = new FramePool(2);
  private final FrameIdentity identity = new FrameIdentity();

  private Frame frame() {
    return TestFrames.of(pool, 2, 2, (x, y) -> 0, 1_000, FocusReading.at(1));
  }

  @Test
  void shouldKnowTheFrameUntilItsPoolHandsItOutAgain() {
    Frame first = frame();
    identity.set(first);
    assertThat(identity.is(first)).isTrue();
    first.close();
    Frame again = frame();
    assertThat(again).as("the pooled object").isSameAs(first);
    assertThat(again.stampNanos()).isEqualTo(1_000);
    assertThat(identity.is(again)).as("another image in the same object").isFalse();
    again.close();
  }

  @Test
  void shouldTellTwoFramesWithEqualSequenceAndStampApart() {
    try (Frame first = frame();
        Frame second = frame()) {
      identity.set(first);
      assertThat(identity.is(second)).isFalse();
    }
  }

  @Test
  void shouldForgetWhenCleared() {
    try (Frame frame = frame()) {
      assertThat(identity.is(frame)).isFalse();
      identity.set(frame);
      identity.clear();
      assertThat(identity.is(frame)).isFalse();
    }
  }
}
