package io.github.rackfocus.node;

import io.github.rackfocus.frame.Reason;
import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.GpuOptions;
import io.github.rackfocus.onnx.OnnxOptions;
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
public record ModelSettings(
    String name, int iterations, double deadlineMillis, OnnxOptions options) {
  /** The model that runs unless another is named. */
  public static final String DEFAULT_MODEL = "proximal";

  /** The default model on the CPU. */
  public static final ModelSettings DEFAULT =
      new ModelSettings(DEFAULT_MODEL, -1, 0, OnnxOptions.DEFAULT);

  /**
   * The same with what is given in its place; null leaves an option as it is.
   *
   * @throws IllegalArgumentException for a device or a number of threads that does not exist
   */
  public ModelSettings with(
      @Nullable String otherName,
      @Nullable Integer otherIterations,
      @Nullable String otherDevice,
      @Nullable Integer otherThreads) {
    OnnxOptions changed = options;
    if (otherDevice != null) {
      changed = changed.withDevice(Device.parse(otherDevice));
    }
    if (otherThreads != null) {
      changed = changed.withThreads(otherThreads);
    }
    return new ModelSettings(
        otherName == null ? name : otherName,
        otherIterations == null ? iterations : otherIterations,
        deadlineMillis,
        changed);
  }

  /** The same with other options of inference. */
  public ModelSettings withOptions(OnnxOptions other) {
    return new ModelSettings(name, iterations, deadlineMillis, other);
  }

  /** The same with another deadline, 0 for none. */
  public ModelSettings withDeadline(double millis) {
    return new ModelSettings(name, iterations, millis, options);
  }

  /** The deadline, nanoseconds; 0: none. */
  public long deadlineNanos() {
    return Math.round(1e6 * deadlineMillis);
  }

  static ModelSettings read(Settings settings) {
    OnnxOptions byDefault = OnnxOptions.DEFAULT;
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
    OnnxOptions options =
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
    return new ModelSettings(name, iterations, deadline, options);
  }

  private static Device device(Settings settings) {
    String text =
        settings.text(
            "device",
            "cpu",
            "cpu | cuda | cuda:n | tensorrt | tensorrt:n | auto",
            "auto takes a GPU where there is one");
    try {
      return Device.parse(text);
    } catch (IllegalArgumentException e) {
      settings.reject("device", Reason.of(e));
      return Device.CPU;
    }
  }

  private static GpuOptions gpu(Settings settings) {
    GpuOptions byDefault = GpuOptions.DEFAULT;
    int limit =
        settings.integer(
            "memoryLimit",
            0,
            0,
            1 << 20,
            "MiB",
            "of each session; 0: all there is, else 64 or more");
    GpuOptions options =
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
      settings.reject("memoryLimit", Reason.of(e));
      return options;
    }
  }
}
