package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramePoolTest {
  @Test
  void shouldLendNoMoreThanItsCapacity() {
    FramePool pool = new FramePool(2);
    Frame first = pool.tryLease(4, 3, false);
    Frame second = pool.tryLease(4, 3, false);
    assertThat(pool.tryLease(4, 3, false)).isNull();
    first.close();
    Frame third = pool.tryLease(4, 3, false);
    assertThat(third).isSameAs(first);
    second.close();
    third.close();
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldLetGoOfFramesOfAnotherSizeOrKind() {
    FramePool pool = new FramePool(3);
    Frame small = pool.tryLease(4, 3, false);
    Frame large = pool.tryLease(8, 6, false);
    small.close();
    Frame largeAgain = pool.tryLease(8, 6, false);
    assertThat(largeAgain).isNotSameAs(small);
    assertThat(largeAgain.pixels()).isEqualTo(48);
    Frame coloured = pool.tryLease(8, 6, true);
    assertThat(coloured.colour().capacity()).isEqualTo(144);
    large.close();
    largeAgain.close();
    coloured.close();
    assertThat(pool.leased()).isZero();
    assertThat(pool.tryLease(8, 6, true)).isSameAs(coloured);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,5", "5,-1", "100000,100000", "67108865,1", "4294967296,4294967296"})
  void shouldRefuseSizesThatNoCameraHas(long width, long height) {
    assertThatThrownBy(() -> FramePool.checkSize(width, height))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "image size is "
                + width
                + " x "
                + height
                + "; expected at least 1 x 1 and at most 67108864 pixels");
  }

  @Test
  void shouldTakeNoMemoryForASizeItRefuses() {
    FramePool pool = new FramePool(1);
    assertThatThrownBy(() -> pool.tryLease(100_000, 100_000, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(pool.leased()).isZero();
    assertThatCode(() -> FramePool.checkSize(8192, 8192)).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseToHoldNothing() {
    assertThatThrownBy(() -> new FramePool(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frame pool capacity is 0; expected at least 1");
  }

  @Test
  void shouldCountLeasesOfManyThreads() throws Exception {
    FramePool pool = new FramePool(4);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          new Thread(() -> {
            for (int i = 0; i < 2000; i++) {
              Frame frame = pool.tryLease(4, 3, false);
              if (frame != null) {
                frame.retain();
                frame.close();
                frame.close();
              }
            }
          }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(pool.leased()).isZero();
  }
}
