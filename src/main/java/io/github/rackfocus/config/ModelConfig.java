package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.GpuConfig;
import io.github.rackfocus.onnx.OnnxConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which model runs, and how.
 *
 * @param name a bundle's, or {@code sml} or {@code ddl}, the hand-made baselines
 * @param iterations proximal iterations, one of those the bundle has; −1 for its default
 * @param deadlineMillis under which the 95th percentile of the latency is held, by fewer iterations
 *     and then by fewer maps; 0: iterations are fixed
 * @param options of inference
 */
public record ModelConfig(
    String name, int iterations, double deadlineMillis, OnnxConfig options) {
  /** The model that runs unless another is named. */
  public static final String DEFAULT_MODEL = "proximal";

  /** The default model on the CPU. */
  public static final ModelConfig DEFAULT =
      new ModelConfig(DEFAULT_MODEL, -1, 0, OnnxConfig.DEFAULT);

  /**
   * The same with what is given in its place; null leaves an option as it is.
   *
   * @throws IllegalArgumentException for a device or a number of threads that does not exist
   */
  public ModelConfig with(
      @Nullable String otherName,
      @Nullable Integer otherIterations,
      @Nullable String otherDevice,
      @Nullable Integer otherThreads) {
    OnnxConfig changed = options;
    if (otherDevice != null) {
      changed = changed.withDevice(Device.parse(otherDevice));
    }
    if (otherThreads != null) {
      changed = changed.withThreads(otherThreads);
    }
    return new ModelConfig(
        otherName == null ? name : otherName,
        otherIterations == null ? iterations : otherIterations,
        deadlineMillis,
        changed);
  }

  /** The same with other options of inference. */
  public ModelConfig withOptions(OnnxConfig other) {
    return new ModelConfig(name, iterations, deadlineMillis, other);
  }

  /** The same with another deadline, 0 for none. */
  public ModelConfig withDeadline(double millis) {
    return new ModelConfig(name, iterations, millis, options);
  }

  /** The deadline, nanoseconds; 0: none. */
  public long deadlineNanos() {
    return Math.round(1e6 * deadlineMillis);
  }

  static ModelConfig read(ConfigSection settings) {
    OnnxConfig byDefault = OnnxConfig.DEFAULT;
    String name = settings.text("name", DEFAULT_MODEL, "a model's name", "see 'rackfocus models'");
    int iterations =
        settings.integer(
            "iterations", -1, -1, 64, "", "proximal iterations; -1: the model's default");
    double deadline =
        settings.number(
            "deadlineMillis",
            0,
            0,
            60_000,
            "ms",
            "held for the 95th percentile of latency by fewer iterations, then fewer maps; 0: off");
    Device device = device(settings);
    OnnxConfig options =
        byDefault
            .withDevice(device)
            .withThreads(
                settings.integer("threads", 0, 0, 256, "", "that compute a map; 0: one a core"))
            .withSpinning(settings.flag("spinning", false, "threads wait busily within a map"))
            .withArena(settings.flag("arena", true, "ONNX Runtime keeps memory between maps"))
            .withOptimisation(
                settings.choice(
                    "graphOptimisation",
                    byDefault.optimisation(),
                    "how far graphs are rewritten when they are loaded"))
            .withForm(
                settings.choice(
                    "form", byDefault.form(), "what depends on one image is kept (rolling)"))
            .withPrecision(
                settings.choice(
                    "precision",
                    byDefault.precision(),
                    "of a CPU; auto: 8 bits where the model has such graphs"))
            .withGpu(gpu(settings.section("gpu", "how a GPU is used; see docs/gpu.md")));
    return new ModelConfig(name, iterations, deadline, options);
  }

  private static Device device(ConfigSection settings) {
    String text =
        settings.text(
            "device",
            "cpu",
            "cpu | cuda | cuda:n | tensorrt | tensorrt:n | auto",
            "auto takes a GPU where there is one");
    try {
      return Device.parse(text);
    } catch (IllegalArgumentException e) {
      settings.reject("device", ErrorMessages.of(e));
      return Device.CPU;
    }
  }

  private static GpuConfig gpu(ConfigSection settings) {
    GpuConfig byDefault = GpuConfig.DEFAULT;
    int limit =
        settings.integer(
            "memoryLimit",
            0,
            0,
            1 << 20,
            "MiB",
            "of each session; 0: all there is, else 64 or more");
    GpuConfig options =
        byDefault
            .withCudnnSearch(
                settings.choice(
                    "cudnnSearch", byDefault.cudnnSearch(), "how convolutions are chosen"))
            .withTf32(
                settings.flag("tf32", byDefault.tf32(), "19-bit products; faster, less exact"))
            .withFp16(settings.flag("fp16", byDefault.fp16(), "half precision, TensorRT only"));
    String cache =
        settings.text(
            "engineCache", "", "a folder", "of TensorRT's engines; empty: built at every start");
    if (!cache.isEmpty()) {
      options = options.withEngineCache(Path.of(cache));
    }
    try {
      return options.withMemoryLimit(limit);
    } catch (IllegalArgumentException e) {
      settings.reject("memoryLimit", ErrorMessages.of(e));
      return options;
    }
  }
}
