package io.github.rackfocus.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FrameWarperTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;

  private final FramePool pool = new FramePool(2);

  private Frame frame(boolean withColour) {
    Frame frame = Objects.requireNonNull(pool.tryLease(WIDTH, HEIGHT, withColour));
    for (int i = 0; i < frame.pixels(); i++) {
      byte value = (byte) (i * 37 % 251);
      frame.luma().put(i, value);
      for (int channel = 0; withColour && channel < 3; channel++) {
        frame.colour().put(3 * i + channel, channel == 1 ? value : (byte) (i % WIDTH * 6));
      }
    }
    return frame.seal(1, 2, FocusReading.at(3));
  }

  /** Green is equal to luma here, and stays so. */
  @Test
  void shouldWarpColourAsLuma() {
    Affine shifted = new Affine();
    shifted.set(1.01, 0, 2.3, 0, 1.01, -1.7);
    try (FrameWarper warper = new FrameWarper(2);
        Frame frame = frame(true);
        Frame warped = warper.warp(frame, shifted)) {
      for (int i = 0; i < warped.pixels(); i++) {
        assertThat(warped.colour().get(3 * i + 1)).isEqualTo(warped.luma().get(i));
      }
      // Red rises by 6 a column.
      int at = 3 * (10 * WIDTH + 20);
      assertThat((warped.colour().get(at) & 0xff) / 6.0)
          .isBetween(1.01 * 20 + 2.3 - 0.2, 1.01 * 20 + 2.3 + 0.2);
    }
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldFollowWhetherFramesHaveColour() {
    Affine shifted = new Affine();
    shifted.set(1, 0, 1, 0, 1, 0);
    try (FrameWarper warper = new FrameWarper(2)) {
      for (boolean colour : new boolean[] {false, true, true, false, true}) {
        try (Frame frame = frame(colour);
            Frame warped = warper.warp(frame, shifted)) {
          assertThat(warped.hasColour()).isEqualTo(colour);
          assertThat(warped.isOfColour()).isEqualTo(colour);
          assertThat(warped.luma().get(WIDTH + 5)).isEqualTo(frame.luma().get(WIDTH + 6));
        }
      }
    }
  }
}
