package io.github.rackfocus.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SinkFanOutTest {
  private final DepthMapPool pool = new DepthMapPool(16);

  private static class CountingSink implements DepthSink {
    final AtomicInteger accepted = new AtomicInteger();
    final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public boolean wantsMaps() {
      return true;
    }

    @Override
    public void accept(DepthMap map) throws IOException, InterruptedException {
      accepted.incrementAndGet();
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  private void offer(SinkFanOut fanOut) throws InterruptedException {
    try (DepthMap map = Objects.requireNonNull(pool.tryLease(8, 8))) {
      fanOut.offer(map);
    }
  }

  @Test
  void shouldDeliverToAFastSinkWhileAnotherIsStuck() throws Exception {
    CountingSink fast = new CountingSink();
    CountDownLatch release = new CountDownLatch(1);
    CountingSink stuck =
        new CountingSink() {
          @Override
          public void accept(DepthMap map) throws IOException, InterruptedException {
            release.await();
            super.accept(map);
          }
        };
    SinkFanOut fanOut = new SinkFanOut(List.of(fast, stuck), 2, false);
    for (int i = 1; i <= 50; i++) {
      offer(fanOut);
      int expected = i;
      await().until(() -> fast.accepted.get() == expected);
    }
    SinkCounters slow = fanOut.counters().get(1);
    assertThat(slow.offered()).isEqualTo(50);
    assertThat(slow.dropped()).isGreaterThanOrEqualTo(47);
    release.countDown();
    fanOut.close();
    SinkCounters atRest = fanOut.counters().get(1);
    assertThat(atRest.delivered() + atRest.dropped() + atRest.failed()).isEqualTo(50);
    assertThat(stuck.closed).isTrue();
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldCountFailuresAndContinue() throws Exception {
    CountingSink broken =
        new CountingSink() {
          @Override
          public void accept(DepthMap map) throws IOException, InterruptedException {
            super.accept(map);
            if (accepted.get() % 2 == 0) {
              throw new IOException("the disk is full");
            }
            if (accepted.get() % 5 == 0) {
              throw new IllegalStateException();
            }
          }
        };
    SinkFanOut fanOut = new SinkFanOut(List.of(broken), 2, true);
    for (int i = 0; i < 20; i++) {
      offer(fanOut);
    }
    fanOut.close();
    assertThat(fanOut.counters())
        .containsExactly(new SinkCounters("counting", 20, 8, 0, 12, 0, Map.of()));
    assertThat(pool.leased()).isZero();
  }
}
