package io.github.rackfocus.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StageRunnerTest {
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  /** Does three steps, then what a test wants. */
  private class Script implements StageRunner.Stage {
    int step;

    @Override
    public boolean doWork() throws IOException, InterruptedException {
      if (step == 3) {
        return last();
      }
      events.add("step " + step++ + " on " + Thread.currentThread().getName());
      return true;
    }

    boolean last() throws IOException, InterruptedException {
      return false;
    }

    @Override
    public void onError(Throwable cause) {
      events.add("error " + cause.getMessage());
    }

    @Override
    public void onEnd() {
      events.add("end");
    }
  }

  private StageRunner run(Script script) throws InterruptedException {
    StageRunner runner = StageRunner.of("stage", script);
    runner.start();
    runner.join();
    return runner;
  }

  @Test
  void shouldWorkUntilThereIsNoMore() throws Exception {
    StageRunner runner = run(new Script());
    assertThat(events)
        .containsExactly("step 0 on stage", "step 1 on stage", "step 2 on stage", "end");
    assertThat(runner.steps()).isEqualTo(3);
    assertThat(runner.isAlive()).isFalse();
    assertThat(runner.name()).isEqualTo("stage");
  }

  @Test
  void shouldReportWhatEndedItAndThenRelease() throws Exception {
    for (Throwable cause :
        List.of(new IOException("io"), new IllegalStateException("state"), new Error("error"))) {
      events.clear();
      run(
          new Script() {
            @Override
            boolean last() throws IOException {
              if (cause instanceof IOException io) {
                throw io;
              }
              if (cause instanceof RuntimeException runtime) {
                throw runtime;
              }
              throw (Error) cause;
            }
          });
      assertThat(events).endsWith("error " + cause.getMessage(), "end");
    }
  }

  @Test
  void shouldEndWithoutAnErrorWhenInterrupted() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    StageRunner runner =
        StageRunner.daemon(
            "stage",
            new Script() {
              @Override
              boolean last() throws InterruptedException {
                waiting.countDown();
                new CountDownLatch(1).await();
                return true;
              }
            });
    runner.start();
    waiting.await();
    assertThat(runner.joinOrInterrupt(10, TimeUnit.MILLISECONDS)).isFalse();
    runner.join();
    assertThat(events).endsWith("step 2 on stage", "end");
  }

  @Test
  void shouldPassTheCallersInterruptOnAndKeepItsFlag() throws Exception {
    StageRunner runner =
        StageRunner.of(
            "stage",
            new Script() {
              @Override
              boolean last() throws InterruptedException {
                new CountDownLatch(1).await();
                return true;
              }
            });
    runner.start();
    Thread.currentThread().interrupt();
    runner.joinPassingInterrupts();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(events).endsWith("end");
  }
}
