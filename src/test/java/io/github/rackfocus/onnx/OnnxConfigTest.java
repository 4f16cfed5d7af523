package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.Optimisation;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda:0", "cuda:7", "tensorrt:0", "tensorrt:3", "auto"})
  void shouldReadADeviceAsItWritesIt(String text) {
    assertThat(Device.parse(text)).hasToString(text);
  }

  @Test
  void shouldTakeTheFirstGpuWhereNoneIsNamed() {
    assertThat(Device.parse("cuda")).isEqualTo(new Device(Device.Kind.CUDA, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "CPU", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:100", "cpu:0", "tensorrt:"})
  void shouldRefuseAnyOtherDevice(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.parse(text))
        .withMessageContaining("device is " + text)
        .withMessageContaining("expected cpu, cuda, cuda:n");
  }

  @Test
  void shouldRefuseADeviceNumberThatNoMachineHas() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.parse("cuda:64"))
        .withMessageContaining("64; expected 0 to 63");
  }

  @Test
  void shouldParsePrecisionAndOptimisation() {
    assertThat(Optimisation.parse("extended")).isEqualTo(Optimisation.EXTENDED);
    assertThat(Precision.parse("int8")).isEqualTo(Precision.INT8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Optimisation.parse("99"))
        .withMessage("graph optimisation is 99; expected one of none, basic, extended, all");
  }

  @Test
  void shouldRefuseThreadsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxConfig.DEFAULTS.withThreads(-1))
        .withMessageContaining("threads is -1; expected 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxConfig.DEFAULTS.withThreads(257))
        .withMessageContaining("256");
  }

  @Test
  void shouldTakeAsManyThreadsAsProcessorsWhereNoneAreNamed() {
    assertThat(OnnxConfig.DEFAULTS.resolvedThreads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(OnnxConfig.DEFAULTS.withThreads(3).resolvedThreads()).isEqualTo(3);
  }

  @Test
  void shouldChangeOneOptionAtATime() {
    OnnxConfig changed =
        OnnxConfig.DEFAULTS
            .withDevice(Device.parse("auto"))
            .withThreads(2)
            .withSpinning(false)
            .withArena(false)
            .withMemoryPattern(false)
            .withOptimisation(Optimisation.NONE)
            .withForm(Form.FULL)
            .withPrecision(Precision.AUTO)
            .withPlaneCache(PlaneCache.NEIGHBOURS)
            .withGpu(GpuConfig.DEFAULTS.withTf32(true));
    assertThat(changed)
        .isEqualTo(
            new OnnxConfig(
                Device.parse("auto"),
                2,
                false,
                false,
                false,
                Optimisation.NONE,
                Form.FULL,
                Precision.AUTO,
                PlaneCache.NEIGHBOURS,
                GpuConfig.DEFAULTS.withTf32(true)));
  }
}
