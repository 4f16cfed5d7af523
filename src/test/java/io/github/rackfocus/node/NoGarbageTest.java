package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxDepthEstimator;
import io.github.rackfocus.onnx.TestModels;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checks that the pipeline allocates no Java heap per frame, apart from ONNX Runtime's calls. */
class NoGarbageTest {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final int PLANES = 4;
  private static final long TICK = 10_000_000;
  private static final int MAPS = 5;
  private static final int WARM = 30_000;
  private static final int MEASURED = 4_000;

  /**
   * Bytes that one of ONNX Runtime's calls may cost: names, handles and a result in its Java
   * binding, about 600 each; a map takes two, an image and a stack stage.
   */
  private static final long BUDGET_OF_ONNX_RUNTIME = 1_400;

  private final FramePool pool = new FramePool(DepthNode.framesInUse(PLANES));
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong estimated = new AtomicLong();

  /** A source that reads the threads' counters after the warm-up and at its end. */
  private final class Source implements FrameSource {
    private final FocusReading[] readings = new FocusReading[PLANES];
    private final int warm;
    private final int frames;
    private int next;
    private long[] threads = {};
    private long[] before = {};
    private long[] after = {};

    Source(int warm, int measured) {
      this.warm = warm;
      this.frames = warm + measured;
      for (int plane = 0; plane < PLANES; plane++) {
        readings[plane] = FocusReading.at(1 + plane);
      }
    }

    @Override
    public @Nullable Frame next() {
      if (next == warm / 2) {
        threads = nodeThreads();
      }
      if (next == warm) {
        before = allocated();
      }
      if (next == frames) {
        after = allocated();
        return null;
      }
      Frame frame = null;
      while (frame == null) {
        frame = pool.tryLease(WIDTH, HEIGHT, false);
        Thread.onSpinWait();
      }
      int shade = 40 + 10 * (next % PLANES);
      for (int i = 0; i < frame.pixels(); i++) {
        frame.luma().put(i, (byte) (shade + i % 7 * 9));
      }
      frame.seal((long) next * TICK, next, readings[next % PLANES], System.nanoTime());
      next++;
      return frame;
    }

    /** Bytes that each of the node's threads has allocated. */
    private long[] allocated() {
      return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(threads);
    }

    long[] bytes() {
      long[] bytes = new long[before.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = after[i] - before[i];
      }
      return bytes;
    }

    @Override
    public String name() {
      return "cheap";
    }

    @Override
    public FocusScale scale() {
      return FocusScale.DIOPTRE;
    }

    @Override
    public double[] planeFocus() {
      return new double[] {1, 2, 3, 4};
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** The node's threads, all of which must run: the camera may be far ahead of a slow machine. */
  private static long[] nodeThreads() {
    List<String> names = List.of("camera", "sweep", "depth", "sink-counting");
    long[] ids = new long[names.size()];
    for (int attempt = 0; attempt < 1_000; attempt++) {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        int at = names.indexOf(thread.getName());
        if (at >= 0) {
          ids[at] = thread.getId();
        }
      }
      if (Arrays.stream(ids).allMatch(id -> id > 0)) {
        return ids;
      }
      LockSupport.parkNanos(10_000_000);
    }
    throw new AssertionError("of the threads " + names + " some never ran");
  }

  /** Depth that varies by pixel, some of it without confidence. */
  private final class Ramp extends FakeEstimator {
    Ramp() {
      super(0, 3);
    }

    @Override
    public void estimate(FocalStack stack, DepthMap into) {
      super.estimate(stack, into);
      for (int i = 0; i < into.pixels(); i++) {
        into.position().put(i, i % WIDTH / (WIDTH - 1f));
        into.confidence().put(i, i % 5 == 0 ? 0 : 1);
        into.allFocus().put(i, i % 3 * 0.3f);
      }
      estimated.incrementAndGet();
    }
  }

  private final class Counting implements DepthSink {
    private final boolean waits;
    private @Nullable DepthMap held;

    /**
     * @param waits whether the first maps are kept until all maps are in use: the pool makes a map
     *     when it is first needed, on a busy machine long after the warm-up
     */
    Counting(boolean waits) {
      this.waits = waits;
    }

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public boolean wantsMaps() {
      return true;
    }

    @Override
    public void accept(DepthMap map) {
      delivered.addAndGet(map.info().iterations() > 5 ? 0 : 1);
      if (waits && delivered.get() == 1) {
        held = map.retain();
      }
      if (waits && delivered.get() == 2) {
        // One is held, one is here, two are queued, one is computed.
        while (estimated.get() < MAPS) {
          LockSupport.parkNanos(1_000_000);
        }
        Objects.requireNonNull(held).close();
      }
    }

    @Override
    public void close() {}
  }

  private long[] measure(
      DepthEstimator estimator, int warm, int measured, boolean lossless, long deadlineNanos)
      throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    Source source = new Source(warm, measured);
    try (DepthNode node =
        DepthNode.builder(
                source,
                estimator,
                new SinkFanOut(List.of(new Counting(estimator instanceof Ramp)), 2, lossless))
            .rolling(new RollingStackConfig(0, false, 1, 6, RegistrationMode.OFF))
            .maxMaps(MAPS)
            .lossless(lossless)
            .deadlineNanos(deadlineNanos)
            .build()) {
      node.start();
      node.awaitEnd();
      assertThat(node.health().maps().failed()).isZero();
    }
    assertThat(pool.leased()).isZero();
    return source.bytes();
  }

  @Test
  void shouldAllocateNothingBetweenCameraAndSinks() throws Exception {
    long[] bytes = measure(new Ramp(), WARM, MEASURED, true, 0);
    print("lossless", bytes, MEASURED);
    assertThat(delivered.get()).isEqualTo(WARM + MEASURED - PLANES + 1);
    for (long each : bytes) {
      assertThat(each / MEASURED).as("bytes a frame").isZero();
    }
  }

  @Test
  void shouldAllocateNothingWhereFramesAreDroppedAndADeadlineIsHeld() throws Exception {
    long[] bytes = measure(new Ramp(), WARM, MEASURED, false, 50_000);
    print("live, deadline held", bytes, MEASURED);
    assertThat(delivered.get()).isPositive();
    for (long each : bytes) {
      assertThat(each / MEASURED).as("bytes a frame").isZero();
    }
  }

  @Test
  void shouldAllocateNoMoreThanOnnxRuntimesCallsDo() throws Exception {
    OnnxDepthEstimator estimator =
        OnnxDepthEstimator.openSwitchable(
            TestModels.bundle(TestModels.ROLLING),
            3,
            OnnxConfig.DEFAULTS.withThreads(1),
            System::nanoTime);
    int measured = 1_000;
    long[] bytes = measure(estimator, 8_000, measured, true, 0);
    print("with ONNX Runtime", bytes, measured);
    for (int i = 0; i < bytes.length; i++) {
      long budget = i == 2 ? BUDGET_OF_ONNX_RUNTIME : 0;
      assertThat(bytes[i] / measured).as("bytes a frame").isLessThanOrEqualTo(budget);
    }
  }

  private static void print(String what, long[] bytes, int frames) {
    long[] shown = Objects.requireNonNull(bytes);
    System.out.printf(
        "%s: bytes allocated for %d frames by camera %d, sweep %d, depth %d, sink %d%n",
        what, frames, shown[0], shown[1], shown[2], shown[3]);
  }
}
