package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.onnx.GpuConfig.CudnnSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is handed to the GPU providers, which take any key and any text. */
class GpuConfigTest {
  @TempDir private Path temp;

  @Test
  void shouldBeExactAndUnlimitedByDefault() {
    assertThat(GpuConfig.DEFAULTS.cuda())
        .containsEntry("use_tf32", "0")
        .containsEntry("cudnn_conv_algo_search", "HEURISTIC")
        .containsEntry("arena_extend_strategy", "kSameAsRequested")
        .hasSize(3);
    assertThat(GpuConfig.DEFAULTS.tensorRt())
        .containsEntry("trt_fp16_enable", "0")
        .containsEntry("trt_engine_cache_enable", "0")
        .hasSize(2);
    assertThat(GpuConfig.DEFAULTS.isReduced(Device.Kind.CUDA)).isFalse();
    assertThat(GpuConfig.DEFAULTS.isReduced(Device.Kind.TENSORRT)).isFalse();
  }

  @Test
  void shouldTakeWhatIsAskedFor() {
    GpuConfig options =
        GpuConfig.DEFAULTS
            .withMemoryLimitMebibytes(2048)
            .withCudnnSearch(CudnnSearch.EXHAUSTIVE)
            .withTf32(true)
            .withFp16(true)
            .withEngineCache(Path.of("engines"));
    assertThat(options.cuda())
        .containsEntry("gpu_mem_limit", "2147483648")
        .containsEntry("cudnn_conv_algo_search", "EXHAUSTIVE")
        .containsEntry("use_tf32", "1");
    assertThat(options.tensorRt())
        .containsEntry("trt_fp16_enable", "1")
        .containsEntry("trt_max_workspace_size", "2147483648")
        .containsEntry("trt_engine_cache_enable", "1")
        .containsEntry("trt_engine_cache_path", "engines");
  }

  @Test
  void shouldKnowWhichToleranceHolds() {
    assertThat(GpuConfig.DEFAULTS.withFp16(true).isReduced(Device.Kind.CUDA)).isFalse();
    assertThat(GpuConfig.DEFAULTS.withFp16(true).isReduced(Device.Kind.TENSORRT)).isTrue();
    assertThat(GpuConfig.DEFAULTS.withTf32(true).isReduced(Device.Kind.CUDA)).isTrue();
  }

  @Test
  void shouldRefuseALimitThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GpuConfig.DEFAULTS.withMemoryLimitMebibytes(63))
        .withMessage("GPU memory limit is 63 MiB; expected 0 (none) or 64 to 1048576");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GpuConfig.DEFAULTS.withMemoryLimitMebibytes(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "false, libonnxruntime_providers_cuda.so, libcudnn.so.9: cannot open, install cuDNN 9",
    "false, libonnxruntime_providers_cuda.so, libcublasLt.so.12: cannot open, CUDA 12 runtime",
    "false, libonnxruntime_providers_cuda.so, no CUDA-capable device is detected, nvidia-smi lists",
    "false, libonnxruntime_providers_cuda.so, Failed to allocate memory for buffer, memoryLimit",
    "true, libonnxruntime_providers_tensorrt.so, libnvinfer.so.10: cannot open, TensorRT 10",
    "true, other.so, anything, libonnxruntime_providers_tensorrt.so",
    "false, other.so, anything, libonnxruntime_providers_cuda.so"
  })
  void shouldSayWhatWouldHelp(boolean tensorRt, String there, String reason, String advice)
      throws IOException {
    Files.createFile(temp.resolve(there));
    assertThat(GpuException.advice(tensorRt, reason, temp)).contains(advice);
  }

  @Test
  void shouldSayWhatIsMissingWhereTensorRtCannotBeHad() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() ->
            TestModels.open(
                TestModels.ROLLING, OnnxConfig.DEFAULTS.withDevice(Device.parse("tensorrt"))))
        .withMessageStartingWith("device tensorrt:0 is unavailable: ")
        .withMessageContaining("libonnxruntime_providers_tensorrt.so")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void shouldSayThatTheFolderOfEnginesIsMissing() {
    GpuConfig options = GpuConfig.DEFAULTS.withEngineCache(temp.resolve("none"));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() ->
            TestModels.open(
                TestModels.ROLLING,
                OnnxConfig.DEFAULTS.withDevice(Device.parse("tensorrt")).withGpu(options)))
        .withMessageContaining("none: no such folder; expected one for TensorRT's engines");
  }
}
