package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthException;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DepthNodeTest {
  private static final int SIZE = 32;
  private static final int PLANES = 3;
  private static final long TICK = 10_000_000;

  private final FramePool pool = new FramePool(DepthNode.framesInUse(PLANES));
  private final List<Long> delivered = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong estimated = new AtomicLong();
  private volatile boolean broken;

  /** Gives so many frames of a sawtooth sweep, with some replaced by what a test wants. */
  private class Script implements FrameSource {
    final int frames;
    int next;
    boolean closed;

    Script(int frames) {
      this.frames = frames;
    }

    @Nullable Frame frame(int tick) throws IOException {
      return at(tick, 1 + tick % PLANES);
    }

    Frame at(int tick, double focus) {
      return TestFrames.of(
          pool, SIZE, SIZE, (x, y) -> 100, tick * TICK, FocusReading.at(focus), arrivalNanos());
    }

    long arrivalNanos() {
      return System.nanoTime();
    }

    @Override
    public @Nullable Frame next() throws IOException {
      while (next < frames && !closed) {
        Frame frame = frame(next++);
        if (frame != null) {
          return frame;
        }
      }
      return null;
    }

    @Override
    public String name() {
      return "script";
    }

    @Override
    public FocusScale scale() {
      return FocusScale.DIOPTRE;
    }

    @Override
    public double[] planeFocus() {
      return new double[] {1, 2, 3};
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Calls a test's action before each estimation. */
  private class Middle extends FakeEstimator {
    private final Consumer<FocalStack> before;

    Middle(Consumer<FocalStack> before, Integer... choices) {
      super(choices);
      this.before = before;
    }

    Middle(Consumer<FocalStack> before) {
      this(before, 0);
    }

    @Override
    public void estimate(FocalStack stack, DepthMap into) {
      before.accept(stack);
      super.estimate(stack, into);
      estimated.incrementAndGet();
    }
  }

  private final class Listing implements DepthSink {
    @Override
    public String name() {
      return "listing";
    }

    @Override
    public boolean wantsMaps() {
      return true;
    }

    @Override
    public void accept(DepthMap map) throws IOException {
      if (broken) {
        throw new IOException("the disk is full");
      }
      delivered.add(map.info().stampNanos());
    }

    @Override
    public void close() {}
  }

  private DepthNode node(FrameSource source, DepthEstimator estimator, boolean lossless) {
    return DepthNode.builder(source, estimator, new SinkFanOut(List.of(new Listing()), 2, lossless))
        .rolling(new RollingStackConfig(0, false, 1, 6, RegistrationMode.OFF))
        .maxMaps(5)
        .lossless(lossless)
        .build();
  }

  private NodeHealth runToEnd(FrameSource source, DepthEstimator estimator) throws Exception {
    DepthNode node = node(source, estimator, true);
    try (node) {
      node.start();
      node.awaitEnd();
    }
    assertThat(pool.leased()).as("frames not closed").isZero();
    return node.health();
  }

  @Test
  void shouldMakeAMapForEveryStackInReplayAndSkipNone() throws Exception {
    NodeHealth health = runToEnd(new Script(50), new Middle(stack -> {}));
    assertThat(health.frames().received()).isEqualTo(50);
    assertThat(health.stacks().ready()).isEqualTo(48);
    assertThat(health.maps().published()).isEqualTo(48);
    assertThat(health.stacks().skipped()).isZero();
    assertThat(health.frames().dropped()).isEmpty();
    assertThat(delivered).hasSize(48).isSorted();
    assertThat(delivered.get(0)).isEqualTo(2 * TICK);
  }

  @Test
  void shouldCountBadFramesAndGoOn() throws Exception {
    Script source =
        new Script(40) {
          @Override
          Frame frame(int tick) {
            return switch (tick) {
              case 10 -> Objects.requireNonNull(pool.tryLease(0, 0, false));
              case 11 -> Objects.requireNonNull(pool.tryLease(100_000, 100_000, false));
              case 12 -> at(tick, Double.NaN);
              case 13 -> at(tick, 7.5);
              case 14 -> at(5, 2);
              case 15 ->
                  Objects.requireNonNull(pool.tryLease(SIZE, SIZE, false))
                      .seal(tick * TICK, tick, FocusReading.at(1), /* arrivalNanos= */ 0);
              default -> at(tick, 1 + tick % PLANES);
            };
          }
        };
    NodeHealth health = runToEnd(source, new Middle(stack -> {}));
    assertThat(health.frames().dropped())
        .containsEntry("badFrame", 3L)
        .containsEntry("noReading", 1L)
        .containsEntry("outOfSweep", 1L)
        .containsEntry("late", 1L)
        .hasSize(4);
    assertThat(health.frames().received()).isEqualTo(37);
    assertThat(delivered).contains(39 * TICK);
  }

  @Test
  void shouldCountFailedMapsAndGoOn() throws Exception {
    AtomicLong stacks = new AtomicLong();
    DepthEstimator failing =
        new Middle(stack -> {
          if (stacks.incrementAndGet() % 3 == 0) {
            throw new DepthException("inference failed");
          }
        });
    NodeHealth health = runToEnd(new Script(32), failing);
    assertThat(health.maps().failed()).isEqualTo(10);
    assertThat(health.maps().published()).isEqualTo(20);
  }

  /** Requests maps while frames are given; the node is not enabled otherwise. */
  private List<CompletableFuture<CapturedMap>> capture(
      DepthEstimator estimator, IntPredicate lost, Integer... ticks) throws Exception {
    AtomicReference<DepthNode> node = new AtomicReference<>();
    List<CompletableFuture<CapturedMap>> answers = new ArrayList<>();
    Script source =
        new Script(50) {
          @Override
          @Nullable Frame frame(int tick) {
            if (List.of(ticks).contains(tick)) {
              answers.add(node.get().capture());
            }
            return lost.test(tick) ? null : at(tick, 1 + tick % PLANES);
          }
        };
    node.set(node(source, estimator, true));
    try (DepthNode running = node.get()) {
      assertThat(running.wantsFrames()).isTrue();
      running.enable(false);
      assertThat(running.wantsFrames()).isFalse();
      running.start();
      running.awaitEnd();
    }
    assertThat(pool.leased()).isZero();
    return answers;
  }

  @Test
  void shouldComputeOneMapOfAWholeFreshSweepOnRequestAndNothingElse() throws Exception {
    var answers = capture(new Middle(stack -> {}), tick -> false, 20, 21, 40);
    assertThat(estimated.get()).isEqualTo(3);
    assertThat(delivered).containsExactly(22 * TICK, 23 * TICK, 42 * TICK);
    CapturedMap first = answers.get(0).get();
    assertThat(first.stampNanos()).isEqualTo(22 * TICK);
    assertThat(first.spanNanos()).isEqualTo(2 * TICK);
    assertThat(first.planes()).isEqualTo(PLANES);
    assertThat(first.sinks()).isOne();
    assertThat(first.elapsedNanos()).isPositive();
    assertThat(answers.get(2).get().stampNanos()).isEqualTo(42 * TICK);
  }

  @Test
  void shouldNotSayThatAMapWasDeliveredWhichNoSinkTook() throws Exception {
    broken = true;
    var answers = capture(new Middle(stack -> {}), tick -> false, 20);
    assertThatThrownBy(answers.get(0)::get).hasMessageContaining("no sink took the map");
  }

  @Test
  void shouldWaitForAPlaneThatWasLostAfterARequest() throws Exception {
    var answers = capture(new Middle(stack -> {}), tick -> tick == 21, 20);
    // Plane 0 of tick 21 is missing, so that of tick 24 completes the sweep.
    assertThat(answers.get(0).get().stampNanos()).isEqualTo(24 * TICK);
  }

  @Test
  void shouldTellRequestsThatTheirMapFailedOrTheNodeEnded() throws Exception {
    DepthEstimator failing =
        new Middle(stack -> {
          throw new DepthException("inference failed");
        });
    var answers = capture(failing, tick -> false, 20, 49);
    assertThatThrownBy(answers.get(0)::get)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no depth: inference failed");
    assertThatThrownBy(answers.get(1)::get).hasMessageContaining("the node has ended");
    assertThat(delivered).isEmpty();
  }

  @Test
  void shouldForgetRequestsWhoseCallerGaveUpAndRefuseAllAtTheEnd() {
    CaptureRequests requests = new CaptureRequests();
    CompletableFuture<CapturedMap> gone = requests.add(System.nanoTime());
    assertThat(requests.isWaiting()).isTrue();
    gone.cancel(false);
    assertThat(requests.isWaiting()).isFalse();
    CompletableFuture<CapturedMap> one = requests.add(1);
    CompletableFuture<CapturedMap> two = requests.add(2);
    requests.close();
    assertThat(one).isCompletedExceptionally();
    assertThat(two).isCompletedExceptionally();
    assertThat(requests.add(3)).isCompletedExceptionally();
  }

  @Test
  void shouldTakeUpChangesWhileItRuns() throws Exception {
    AtomicReference<DepthNode> node = new AtomicReference<>();
    LiveSettings changed =
        new LiveSettings(1, 0, 4, false, RegistrationMode.OFF, ValidityThresholds.DEFAULTS);
    Script source =
        new Script(50) {
          @Override
          Frame frame(int tick) {
            if (tick == 30) {
              // The stages may be ten frames behind; what comes later is changed.
              node.get().apply(changed);
            }
            return at(tick, 1 + tick % PLANES);
          }
        };
    node.set(node(source, new Middle(stack -> {}, 0, 1, 3), true));
    try (DepthNode running = node.get()) {
      assertThatThrownBy(() -> running.apply(with(changed, 2)))
          .hasMessageContaining("model.iterations is 2; expected one of those that are loaded");
      running.start();
      running.awaitEnd();
      assertThat(running.health().maps().iterations()).isEqualTo(1);
    }
    // One map per frame until the change, one of four frames after it.
    long before = delivered.stream().filter(stamp -> stamp < 15 * TICK).count();
    long after = delivered.stream().filter(stamp -> stamp >= 34 * TICK).count();
    assertThat(before).isEqualTo(13);
    assertThat(after).isBetween(3L, 5L);
  }

  private static LiveSettings with(LiveSettings settings, int iterations) {
    return new LiveSettings(
        iterations,
        settings.deadlineNanos(),
        settings.everyNth(),
        settings.isFiltered(),
        settings.registration(),
        settings.validity());
  }

  @Test
  void shouldLetTheLatestStackWinLiveAndCountWhatItSkipped() throws Exception {
    CountDownLatch allFramesGiven = new CountDownLatch(1);
    Script source =
        new Script(30) {
          @Override
          public @Nullable Frame next() throws IOException {
            Frame frame = super.next();
            if (frame == null) {
              allFramesGiven.countDown();
            }
            return frame;
          }
        };
    DepthEstimator slow =
        new Middle(stack -> {
          try {
            allFramesGiven.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    DepthNode node = node(source, slow, false);
    try (node) {
      node.start();
      node.awaitEnd();
    }
    NodeHealth health = node.health();
    assertThat(health.stacks().prepared()).as("warm-up").isLessThanOrEqualTo(1);
    assertThat(health.maps().published() + health.stacks().skipped() + health.stacks().prepared())
        .isEqualTo(health.stacks().ready());
    assertThat(health.stacks().skipped()).isPositive();
    long placed =
        health.frames().received() - health.frames().dropped().getOrDefault("queueFull", 0L);
    assertThat(health.stacks().ready()).isLessThanOrEqualTo(placed);
    assertThat(delivered).last().isEqualTo(29 * TICK);
    assertThat(pool.leased()).isZero();
  }

  /** An estimator on a loaded machine: it advances the clock by the time that a map would cost. */
  private final class Machine extends Middle {
    final AtomicLong clock = new AtomicLong(1);
    volatile double load = 1;
    int preparedFrames;

    Machine() {
      super(stack -> {}, 0, 1, 3);
    }

    @Override
    public void prepare(FocalStack stack) {
      preparedFrames++;
    }

    @Override
    public void estimate(FocalStack stack, DepthMap into) {
      super.estimate(stack, into);
      clock.addAndGet((long) ((30 + 10 * iterations()) * load * 1e6));
    }
  }

  @Test
  void shouldHoldItsDeadlineBySpendingLessAndComeBack() throws Exception {
    Machine machine = new Machine();
    AtomicReference<DepthNode> running = new AtomicReference<>();
    List<Integer> spent = Collections.synchronizedList(new ArrayList<>());
    int frames = 3_000;
    // A frame comes when the one before is done, so that no latency depends on this machine.
    Script source =
        new Script(frames) {
          @Override
          Frame frame(int tick) {
            while (tick >= PLANES && done(running.get()) < tick - PLANES + 1) {
              Thread.onSpinWait();
            }
            machine.load = tick >= 500 && tick < 1_500 ? 2 : 1;
            spent.add(machine.iterations());
            return at(tick, 1 + tick % PLANES);
          }

          @Override
          long arrivalNanos() {
            return machine.clock.get();
          }
        };
    DepthNode node =
        DepthNode.builder(source, machine, new SinkFanOut(List.of(new Listing()), 2, true))
            .maxMaps(5)
            .deadlineNanos(70_000_000)
            .nanoClock(machine.clock::get)
            .build();
    running.set(node);
    try (node) {
      node.start();
      node.awaitEnd();
    }
    // 60 ms at K = 3 become 120, of which only K = 0 stays under 70.
    assertThat(spent.subList(0, 500)).containsOnly(3);
    assertThat(spent.get(1_499)).isZero();
    assertThat(spent.get(frames - 1)).isEqualTo(3);
    NodeHealth health = node.health();
    assertThat(health.maps().late()).isPositive().isLessThan(health.maps().published() / 20);
    assertThat(health.latency().p95Millis()).isLessThan(70);
  }

  private static long done(DepthNode node) {
    NodeHealth health = node.health();
    return health.maps().published() + health.stacks().prepared();
  }

  @Test
  void shouldRunTheFramesOfStacksOfWhichNoMapIsMade() throws Exception {
    Machine machine = new Machine();
    DepthNode node =
        DepthNode.builder(new Script(62), machine, new SinkFanOut(List.of(new Listing()), 2, true))
            .rolling(new RollingStackConfig(0, false, 3, 6, RegistrationMode.OFF))
            .maxMaps(5)
            .lossless(true)
            .build();
    try (node) {
      node.start();
      node.awaitEnd();
    }
    assertThat(node.health().stacks().ready()).isEqualTo(60);
    assertThat(node.health().maps().published()).isEqualTo(20);
    assertThat(node.health().stacks().prepared()).isEqualTo(40);
    assertThat(machine.preparedFrames).as("and one to warm up").isEqualTo(41);
  }

  @Test
  void shouldRefuseASweepThatTheModelCannotTake() {
    Script source =
        new Script(0) {
          @Override
          public double[] planeFocus() {
            return new double[] {1, 2, 3, 4, 5, 6};
          }
        };
    assertThatThrownBy(() -> node(source, new Middle(stack -> {}), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("script", "6", "fake", "3 to 5");
  }

  @Test
  void shouldEndAndSaySoWhenAStageCannotGoOn() {
    DepthEstimator broken =
        new Middle(stack -> {
          throw new OutOfMemoryError("Cannot reserve direct buffer memory");
        });
    assertThatThrownBy(() -> runToEnd(new Script(1_000_000), broken))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the depth stage failed: out of memory (Cannot reserve direct buffer memory); use smaller or"
                + " binned images or fewer planes, or raise -Xmx (JAVA_OPTS)");
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldSayWhyTheSourceEnded() {
    Script source =
        new Script(9) {
          @Override
          @Nullable Frame frame(int tick) throws IOException {
            if (tick == 6) {
              throw new IOException("the folder went away");
            }
            return super.frame(tick);
          }
        };
    assertThatThrownBy(() -> runToEnd(source, new Middle(stack -> {})))
        .isInstanceOf(IOException.class)
        .hasMessage("the folder went away");
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldComputeNothingWhileItIsOff() throws Exception {
    DepthNode node = node(new Script(50), new Middle(stack -> {}), true);
    try (node) {
      node.enable(false);
      assertThat(node.isEnabled()).isFalse();
      node.start();
      node.awaitEnd();
    }
    assertThat(node.health().stacks().ready()).isEqualTo(48);
    assertThat(node.health().maps().published()).isZero();
    assertThat(estimated).hasValue(0);
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldWaitForAWholeSweepAfterAReset() throws Exception {
    DepthNode[] node = new DepthNode[1];
    Script source =
        new Script(60) {
          @Override
          @Nullable Frame frame(int tick) throws IOException {
            if (tick == 30) {
              node[0].reset();
            }
            return super.frame(tick);
          }
        };
    node[0] = node(source, new Middle(stack -> {}), true);
    try (DepthNode running = node[0]) {
      running.start();
      running.awaitEnd();
    }
    assertThat(node[0].health().stacks().ready()).as("two frames fewer make a stack").isEqualTo(56);
    assertThat(pool.leased()).isZero();
  }
}
