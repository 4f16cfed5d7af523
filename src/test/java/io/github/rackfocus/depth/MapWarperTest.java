package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MapWarperTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 32;
  private static final int PLANES = 5;

  private final FramePool frames = new FramePool(PLANES);
  private final FocalStack stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
  private final DepthMap map = Objects.requireNonNull(new DepthMapPool(1).tryLease(WIDTH, HEIGHT));
  private final MapWarper warper = new MapWarper();

  @BeforeEach
  void fill() {
    for (int i = 0; i < map.pixels(); i++) {
      set(i, (i % WIDTH) / 1000f, Validity.VALID);
    }
  }

  @AfterEach
  void close() {
    map.close();
    stack.close();
  }

  private void set(int at, float position, Validity validity) {
    boolean valid = validity == Validity.VALID;
    map.position().put(at, position);
    map.error().put(at, position / 10);
    map.confidence().put(at, 1 - position);
    map.allFocus().put(at, position);
    map.depth().put(at, valid ? 1 + position : validity.specialDepth());
    map.uncertainty().put(at, valid ? position / 2 : Float.NaN);
    map.age().put(at, position * 3);
    map.validity().put(at, validity.code());
  }

  private static int at(int x, int y) {
    return y * WIDTH + x;
  }

  private Validity validity(int x, int y) {
    return Validity.of(map.validity().get(at(x, y)));
  }

  @Test
  void shouldLeaveAMapOfTheSameViewAlone() {
    map.depth().put(at(3, 3), 7.25f);
    warper.warp(stack, map);
    assertThat(map.depth().get(at(3, 3))).isEqualTo(7.25f);
  }

  @Test
  void shouldMoveColourWithTheImage() {
    ByteBuffer colours = map.addColour();
    for (int i = 0; i < map.pixels(); i++) {
      colours.put(3 * i, (byte) (5 * (i % WIDTH)));
      colours.put(3 * i + 1, (byte) (6 * (i / WIDTH)));
      colours.put(3 * i + 2, (byte) 255);
    }
    stack.outputToView().set(1, 0, 3.4, 0, 1, -2);
    warper.warp(stack, map);
    int at = 3 * at(10, 20);
    // 5 * 13.4 and 6 * 18.
    assertThat(colours.get(at) & 0xff).isEqualTo(67);
    assertThat(colours.get(at + 1) & 0xff).isEqualTo(108);
    assertThat(colours.get(at + 2) & 0xff).isEqualTo(255);
  }

  @Test
  void shouldMoveEveryLayerByWholePixels() {
    stack.outputToView().set(1, 0, 3, 0, 1, -2);
    warper.warp(stack, map);
    int at = at(10, 20);
    assertThat(map.position().get(at)).isCloseTo(0.013f, within(1e-6f));
    assertThat(map.error().get(at)).isCloseTo(0.0013f, within(1e-6f));
    assertThat(map.confidence().get(at)).isCloseTo(0.987f, within(1e-6f));
    assertThat(map.allFocus().get(at)).isCloseTo(0.013f, within(1e-6f));
    assertThat(map.depth().get(at)).isCloseTo(1.013f, within(1e-6f));
    assertThat(map.uncertainty().get(at)).isCloseTo(0.0065f, within(1e-6f));
    assertThat(map.age().get(at)).isCloseTo(0.039f, within(1e-6f));
    assertThat(validity(10, 20)).isEqualTo(Validity.VALID);
  }

  @Test
  void shouldInventNoDepthOutsideTheView() {
    stack.outputToView().set(1, 0, 3, 0, 1, 0);
    warper.warp(stack, map);
    for (int x = 0; x < WIDTH; x++) {
      boolean seen = x + 3 < WIDTH;
      assertThat(validity(x, 5)).isEqualTo(seen ? Validity.VALID : Validity.OUTSIDE_VIEW);
      assertThat(Float.isNaN(map.depth().get(at(x, 5)))).isEqualTo(!seen);
      assertThat(Float.isNaN(map.uncertainty().get(at(x, 5)))).isEqualTo(!seen);
      assertThat(Float.isNaN(map.position().get(at(x, 5)))).isFalse();
    }
  }

  @Test
  void shouldInterpolateASlope() {
    stack.outputToView().set(1, 0, 0.25, 0, 1, 0.5);
    warper.warp(stack, map);
    assertThat(map.depth().get(at(10, 10))).isCloseTo(1.01025f, within(1e-6f));
    assertThat(map.position().get(at(10, 10))).isCloseTo(0.01025f, within(1e-6f));
  }

  /** No pixel between an object and what is behind it. */
  @Test
  void shouldNotSmearAnEdge() {
    for (int i = 0; i < map.pixels(); i++) {
      set(i, i % WIDTH < 20 ? 0.1f : 0.9f, Validity.VALID);
    }
    stack.outputToView().set(1, 0, 0.4, 0, 1, 0.4);
    warper.warp(stack, map);
    for (int x = 0; x < WIDTH; x++) {
      assertThat(map.depth().get(at(x, 9))).isIn(1.1f, 1.9f);
    }
  }

  @Test
  void shouldNotSpreadPixelsWithoutDepth() {
    set(at(20, 10), 0.02f, Validity.NEARER_THAN_SWEEP);
    stack.outputToView().set(1, 0, 0.3, 0, 1, 0);
    warper.warp(stack, map);
    assertThat(validity(20, 10)).isEqualTo(Validity.NEARER_THAN_SWEEP);
    assertThat(map.depth().get(at(20, 10))).isEqualTo(Float.NEGATIVE_INFINITY);
    for (int x : new int[] {19, 21}) {
      assertThat(validity(x, 10)).isEqualTo(Validity.VALID);
      assertThat(map.depth().get(at(x, 10))).isBetween(1f, 1.05f);
    }
  }
}
