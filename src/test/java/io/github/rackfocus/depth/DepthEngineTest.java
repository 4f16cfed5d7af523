package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DepthEngineTest {
  private final FramePool frames = new FramePool(8);
  private final AtomicLong clock = new AtomicLong(1_000);
  private boolean fails;
  private boolean closed;

  /** Says one half everywhere, in 30 ns. */
  private final DepthEstimator middle =
      new DepthEstimator() {
        @Override
        public void estimate(FocalStack stack, DepthMap into) {
          if (fails) {
            throw new DepthException("no luck", new IllegalStateException());
          }
          for (int i = 0; i < into.pixels(); i++) {
            into.position().put(i, 0.5f);
            into.error().put(i, 0.01f);
            into.confidence().put(i, 1);
            into.allFocus().put(i, i % 2);
          }
          clock.addAndGet(30);
        }

        @Override
        public ModelIdentity model() {
          return new ModelIdentity("middle", "1", "abc");
        }

        @Override
        public String executionProvider() {
          return "none";
        }

        @Override
        public int minPlanes() {
          return 3;
        }

        @Override
        public int maxPlanes() {
          return 8;
        }

        @Override
        public int iterations() {
          return 2;
        }

        @Override
        public void close() {
          closed = true;
        }
      };

  private final DepthEngine engine =
      new DepthEngine(
          middle,
          new DepthPostProcessor(ValidityThresholds.DEFAULT, 0.25),
          1,
          () -> clock.getAndAdd(1));

  private FocalStack stack() {
    return SyntheticStack.stack(frames, 16, 16, 5);
  }

  @Test
  void shouldEstimatePostProcessAndRecordWhoAndHowLong() {
    try (FocalStack stack = stack();
        DepthMap map = Objects.requireNonNull(engine.compute(stack))) {
      double metres = 1 / stack.focusAt(0.5) + 0.25;
      assertThat(map.depth().get(20)).isCloseTo((float) metres, within());
      assertThat(map.info().model().name()).isEqualTo("middle");
      assertThat(map.info().executionProvider()).isEqualTo("none");
      assertThat(map.info().iterations()).isEqualTo(2);
      assertThat(map.info().stampNanos()).isEqualTo(stack.stampNanos());
      assertThat(map.info().stageNanos(Stage.FINISH)).isEqualTo(1);
      assertThat(engine.estimateNanos()).isEqualTo(31);
      assertThat(engine.computeNanos()).isEqualTo(32);
      assertThat(engine.finishedNanos()).isEqualTo(1_032);
    }
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-5f);
  }

  @Test
  void shouldReturnNullWhileAllMapsAreLeased() {
    try (FocalStack stack = stack()) {
      DepthMap first = Objects.requireNonNull(engine.compute(stack));
      assertThat(engine.compute(stack)).isNull();
      first.close();
      DepthMap second = Objects.requireNonNull(engine.compute(stack));
      second.close();
    }
  }

  @Test
  void shouldGiveTheMapBackWhenInferenceFails() {
    try (FocalStack stack = stack()) {
      fails = true;
      assertThatThrownBy(() -> engine.compute(stack)).isInstanceOf(DepthException.class);
      fails = false;
      DepthMap map = Objects.requireNonNull(engine.compute(stack));
      map.close();
    }
  }

  @Test
  void shouldCloseItsEstimator() {
    engine.close();
    assertThat(closed).isTrue();
  }
}
