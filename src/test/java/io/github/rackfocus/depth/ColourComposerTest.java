package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColourComposerTest {
  private static final int WIDTH = 24;
  private static final int HEIGHT = 16;
  private static final int PLANES = 4;
  private static final int[][] COLOURS = {{200, 10, 30}, {20, 180, 40}, {30, 60, 220}, {90, 90, 9}};

  private final FramePool pool = new FramePool(PLANES);
  private final DepthMapPool maps = new DepthMapPool(1);
  private final DepthMap map = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT));
  private final ColourComposer composer = new ColourComposer();
  private boolean newestIsOfColour;

  @AfterEach
  void shouldGiveBackAllFrames() {
    map.close();
    assertThat(pool.leased()).isZero();
  }

  /** Every plane has one colour, plus the pixel's column; luma is 100 and ten for each plane. */
  private FocalStack stack(int planesWithColour) {
    Frame[] frames = new Frame[PLANES];
    double[] focus = new double[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      boolean colour = plane < planesWithColour;
      Frame frame = Objects.requireNonNull(pool.tryLease(WIDTH, HEIGHT, colour));
      for (int i = 0; i < frame.pixels(); i++) {
        frame.luma().put(i, (byte) (100 + 10 * plane));
        for (int channel = 0; colour && channel < 3; channel++) {
          frame.colour().put(3 * i + channel, (byte) (COLOURS[plane][channel] + i % WIDTH));
        }
      }
      if (newestIsOfColour && plane == PLANES - 1) {
        frame.setOfColour();
      }
      focus[plane] = 1 + plane;
      frames[plane] = frame.seal(plane, plane, FocusReading.at(focus[plane]));
    }
    return new FocalStack(FocusScale.DIOPTRE, frames, focus, new boolean[PLANES], PLANES - 1);
  }

  private int[] at(int pixel) {
    ByteBuffer colour = Objects.requireNonNull(map.colour());
    return new int[] {
      colour.get(3 * pixel) & 0xff,
      colour.get(3 * pixel + 1) & 0xff,
      colour.get(3 * pixel + 2) & 0xff
    };
  }

  @Test
  void shouldTakeTheColourOfThePlaneInFocus() {
    for (int i = 0; i < map.pixels(); i++) {
      int plane = (i / 5) % PLANES;
      // Up to half a plane away it is still the nearest.
      float aside = (i % 3 - 1) * 0.45f;
      map.position().put(i, (plane + aside) / (PLANES - 1));
      map.allFocus().put(i, (100 + 10 * plane) / 255f);
    }
    try (FocalStack stack = stack(PLANES)) {
      composer.compose(stack, map);
    }
    for (int i = 0; i < map.pixels(); i++) {
      int[] colour = COLOURS[(i / 5) % PLANES];
      int column = i % WIDTH;
      assertThat(at(i)).containsExactly(colour[0] + column, colour[1] + column, colour[2] + column);
    }
  }

  @Test
  void shouldHaveTheLumaThatTheEstimatorChose() {
    for (int i = 0; i < map.pixels(); i++) {
      map.position().put(i, 1f / (PLANES - 1));
      map.allFocus().put(i, 117 / 255f);
    }
    map.allFocus().put(1, Float.NaN);
    map.allFocus().put(2, 2);
    map.position().put(3, Float.NaN);
    try (FocalStack stack = stack(PLANES)) {
      composer.compose(stack, map);
    }
    // Plane 1 has luma 110.
    assertThat(at(0)).containsExactly(27, 187, 47);
    assertThat(at(1)).as("luma 0, clipped").containsExactly(0, 71, 0);
    assertThat(at(2)).as("luma 255, clipped").containsExactly(167, 255, 187);
    assertThat(at(3)).as("the farthest plane, of luma 100").containsExactly(220, 30, 50);
  }

  @Test
  void shouldHaveNoColourUnlessAllFramesHaveIt() {
    try (FocalStack stack = stack(PLANES)) {
      composer.compose(stack, map);
      assertThat(map.colour()).isNotNull();
    }
    try (FocalStack stack = stack(PLANES - 1)) {
      composer.compose(stack, map);
      assertThat(map.colour()).isNull();
      assertThat(map.isColourAwaited()).as("the newest image has none").isFalse();
    }
    try (FocalStack stack = stack(0)) {
      composer.compose(stack, map);
      assertThat(map.colour()).isNull();
      assertThat(map.isColourAwaited()).isFalse();
    }
  }

  @Test
  void shouldAwaitColourWhereTheNewestImageCouldHaveIt() {
    newestIsOfColour = true;
    try (FocalStack stack = stack(0)) {
      composer.compose(stack, map);
      assertThat(map.isColourAwaited()).isTrue();
    }
    try (FocalStack stack = stack(PLANES)) {
      composer.compose(stack, map);
      assertThat(map.isColourAwaited()).isFalse();
    }
  }

  @Test
  void shouldAllocateNothingPerMap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (FocalStack stack = stack(PLANES)) {
      for (int i = 0; i < 300; i++) {
        composer.compose(stack, map);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 300; i++) {
        composer.compose(stack, map);
      }
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / 300;
      assertThat(each).as("bytes a map").isLessThan(8);
    }
  }
}
