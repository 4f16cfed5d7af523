package io.github.rackfocus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListFrameSourceTest {
  private static final double[] FOCUS = {1, 2, 3, 4};
  private static final int WIDTH = 8;
  private static final int HEIGHT = 4;
  private static final long TICK = 10_000_000;

  /** A number of whole sweeps of flat images; the luma of an image is its number. */
  static List<ListFrameSource.Image> sweeps(int count, double[] focus, int width, int height) {
    List<ListFrameSource.Image> images = new ArrayList<>();
    for (int i = 0; i < count * focus.length; i++) {
      byte[] luma = new byte[width * height];
      Arrays.fill(luma, (byte) i);
      images.add(new ListFrameSource.Image(width, height, luma, i * TICK, focus[i % focus.length]));
    }
    return images;
  }

  private static ListFrameSource source(FramePool pool) {
    return new ListFrameSource(sweeps(2, FOCUS, WIDTH, HEIGHT), FOCUS, pool);
  }

  @Test
  void shouldPlayEveryImageOnceInOrder() throws Exception {
    FramePool pool = new FramePool(1);
    try (ListFrameSource source = source(pool)) {
      for (int i = 0; i < 2 * FOCUS.length; i++) {
        try (Frame frame = source.next()) {
          assertThat(frame).as("frame %d", i).isNotNull();
          assertThat(frame.sequence()).isEqualTo(i);
          assertThat(frame.stampNanos()).isEqualTo(i * TICK);
          assertThat(frame.arrivalNanos()).isNotZero();
          assertThat(frame.focus().focus()).isEqualTo(FOCUS[i % FOCUS.length]);
          assertThat(frame.lumaAt(WIDTH * HEIGHT - 1)).isEqualTo(i);
        }
      }
      assertThat(source.next()).isNull();
      assertThat(source.dropped()).isZero();
    }
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldWaitForAFreeFrame() throws Exception {
    FramePool pool = new FramePool(1);
    try (ListFrameSource source = source(pool)) {
      Frame first = source.next();
      assertThat(first).isNotNull();
      CompletableFuture<Frame> second = nextOf(source);
      assertThat(second).isNotDone();
      first.close();
      Frame frame = second.get(10, TimeUnit.SECONDS);
      assertThat(frame.sequence()).isEqualTo(1);
      frame.close();
    }
  }

  @Test
  void shouldEndTheWaitWhenClosed() throws Exception {
    FramePool pool = new FramePool(1);
    ListFrameSource source = source(pool);
    try (Frame first = source.next()) {
      assertThat(first).isNotNull();
      CompletableFuture<Frame> second = nextOf(source);
      source.close();
      assertThat(second.get(10, TimeUnit.SECONDS)).isNull();
    }
    assertThat(source.next()).isNull();
  }

  private static CompletableFuture<Frame> nextOf(ListFrameSource source) {
    CompletableFuture<Frame> result = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                result.complete(source.next());
              } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            },
            "reader");
    reader.setDaemon(true);
    reader.start();
    return result;
  }
}
