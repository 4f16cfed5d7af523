package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a map costs in memory once everything stands. */
class InferenceMemoryTest {
  private static final int PLANES = 6;
  private static final int CALLS = 200;

  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;

  /**
   * Bytes of Java heap that a map may cost. Each of these maps takes three runs (two planes differ
   * from the stack before), and a run costs about 600 bytes of names, handles and a result in ONNX
   * Runtime's Java binding.
   */
  private static final long BUDGET_BYTES = 2_600;

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(4);
  private final FocalStack[] rolling = new FocalStack[PLANES];

  @BeforeEach
  void makeStacksThatEachHaveOneNewFrame() {
    makeStacks(WIDTH, HEIGHT);
  }

  private void makeStacks(int width, int height) {
    FocalStack before = SyntheticStack.stack(frames, width, height, PLANES);
    for (int i = 0; i < PLANES; i++) {
      Frame[] next = new Frame[PLANES];
      for (int z = 0; z < PLANES; z++) {
        next[z] =
            z == i
                ? SyntheticStack.frame(frames, width, height, before.focus(z), 100 + i, 0.1)
                : before.frame(z).retain();
      }
      rolling[i] = SyntheticStack.stackOf(next, i);
    }
    before.close();
  }

  @AfterEach
  void giveBack() {
    for (FocalStack stack : rolling) {
      stack.close();
    }
    assertThat(frames.leased()).isZero();
    assertThat(maps.leased()).isZero();
  }

  @Test
  void shouldAllocateNoMoreThanOnnxRuntimesOwnCalls() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    try (var estimator = TestModels.open(TestModels.ROLLING, OnnxConfig.DEFAULTS.withThreads(1));
        DepthMap map = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT))) {
      run(estimator, map, CALLS);
      long thread = Thread.currentThread().getId();
      long before = threads.getThreadAllocatedBytes(thread);
      run(estimator, map, CALLS);
      long perCall = (threads.getThreadAllocatedBytes(thread) - before) / CALLS;
      long bare = bareBytes(threads, estimator, map);
      System.out.println(
          "bytes of heap a map: " + perCall + ", of which ONNX Runtime's calls " + bare);
      assertThat(perCall).isLessThanOrEqualTo(BUDGET_BYTES);
      // Whole bytes are left over where the JVM compiles in the middle of a measurement.
      assertThat(perCall - bare).as("bytes a map of our own").isLessThan(16);
    }
  }

  @Test
  void shouldKeepMemoryFlat() throws Exception {
    try (var estimator = TestModels.open(TestModels.ROLLING, OnnxConfig.DEFAULTS.withThreads(1));
        DepthMap map = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT))) {
      run(estimator, map, 30);
      long directBefore = settledDirectBytes();
      long residentBefore = residentBytes();
      run(estimator, map, CALLS);
      // At most: a buffer of an earlier test may still be collected meanwhile; only growth is a
      // leak.
      assertThat(directBytes()).isLessThanOrEqualTo(directBefore);
      // A plane of floats lost at every call would be 61 MB.
      assertThat(residentBytes() - residentBefore).isLessThan(40L << 20);
    }
  }

  /** What the same three runs cost with nothing around them. */
  private static long bareBytes(ThreadMXBean threads, OnnxDepthEstimator estimator, DepthMap map)
      throws Exception {
    Workspace workspace = Objects.requireNonNull(estimator.workspace());
    long thread = Thread.currentThread().getId();
    try (PinnedOutputs outputs = PinnedOutputs.over(OrtLoader.environment(), map)) {
      long before = 0;
      for (int i = 0; i < 2 * CALLS; i++) {
        if (i == CALLS) {
          before = threads.getThreadAllocatedBytes(thread);
        }
        workspace.planeWritten(0);
        workspace.planeWritten(1);
        workspace.run(estimator.lastStage(), 1, outputs.tensors());
      }
      return (threads.getThreadAllocatedBytes(thread) - before) / CALLS;
    }
  }

  private void run(OnnxDepthEstimator estimator, DepthMap map, int calls) {
    for (int i = 0; i < calls; i++) {
      // Each stack differs from the one before in two planes: its new frame and the other's old.
      estimator.estimate(rolling[i % PLANES], map);
    }
  }

  /** Frees the buffers of earlier tests first, which would otherwise be collected meanwhile. */
  private static long settledDirectBytes() throws InterruptedException {
    long before;
    long after = directBytes();
    do {
      before = after;
      System.gc();
      Thread.sleep(100); // Buffers are freed by a thread of their own after a collection.
      after = directBytes();
    } while (after != before);
    return after;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }
}
