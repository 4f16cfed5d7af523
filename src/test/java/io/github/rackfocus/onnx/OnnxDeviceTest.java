package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.file.Files;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is said where there is no GPU to be had. */
class OnnxDeviceTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULT.withThreads(1);

  private final FramePool frames = new FramePool(8);
  private final DepthMapPool maps = new DepthMapPool(1);

  @Test
  void shouldFallBackToTheCpuAndSaySoOnce() throws Exception {
    assumeNoGpuNatives();
    Logger log = (Logger) LoggerFactory.getLogger(ModelGraphs.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try (var estimator =
            TestModels.open(TestModels.ROLLING, ONE_THREAD.withDevice(Device.parse("auto")));
        FocalStack stack = SyntheticStack.stack(frames, 32, 32, 3);
        DepthMap map = Objects.requireNonNull(maps.tryLease(32, 32))) {
      estimator.estimate(stack, map);
      estimator.estimate(stack, map);
      assertThat(estimator.executionProvider()).matches("CPU \\(CUDA not to be had: .+\\)");
      assertThat(estimator.isRolling()).isTrue();
      assertThat(lines.list)
          .singleElement()
          .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.INFO))
          .satisfies(line -> assertThat(line.getFormattedMessage()).contains("CPU", "native.path"));
    } finally {
      log.detachAppender(lines);
    }
  }

  @Test
  void shouldSayWhatIsMissingWhereCudaCannotBeHad() {
    assumeNoGpuNatives();
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() ->
            TestModels.open(TestModels.ROLLING, ONE_THREAD.withDevice(Device.parse("cuda:1"))))
        .withMessageStartingWith("device cuda:1 can't be had: ")
        .withMessageContaining("-Donnxruntime.native.path")
        .withMessageContaining("libonnxruntime_providers_cuda.so")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private static void assumeNoGpuNatives() {
    assumeThat(
            Files.exists(
                NativeLibraries.onnxRuntimeFolder().resolve("libonnxruntime_providers_cuda.so")))
        .as("ONNX Runtime's GPU natives are there")
        .isFalse();
  }
}
