package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.GpuConfig;
import io.github.rackfocus.onnx.OnnxConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Configures which model runs, and how.
 *
 * @param name of a bundle, or {@code sml} or {@code ddl}, the classical baselines
 * @param iterations proximal iterations, one of those exported; −1 for the bundle's default
 * @param deadlineMillis bound of the 95th percentile of the latency, kept by fewer iterations and
 *     then by fewer maps; 0: iterations are fixed
 * @param isSwitchable whether fewer iterations are loaded as well, to be chosen while running
 * @param onnx how inference runs
 */
@RecordBuilder
public record ModelConfig(
    String name, int iterations, double deadlineMillis, boolean isSwitchable, OnnxConfig onnx)
    implements ModelConfigBuilder.With {
  /** The name of the default model. */
  public static final String DEFAULT_MODEL = "proximal";

  /** The default model on the CPU. */
  public static final ModelConfig DEFAULTS =
      new ModelConfig(DEFAULT_MODEL, -1, 0, false, OnnxConfig.DEFAULTS);

  /**
   * Returns a copy with the given values; null keeps a value.
   *
   * @throws IllegalArgumentException for an invalid device or number of threads
   */
  public ModelConfig overriddenBy(
      @Nullable String newName,
      @Nullable Integer newIterations,
      @Nullable String newDevice,
      @Nullable Integer newThreads) {
    OnnxConfig changed = onnx;
    if (newDevice != null) {
      changed = changed.withDevice(Device.parse(newDevice));
    }
    if (newThreads != null) {
      changed = changed.withThreads(newThreads);
    }
    return new ModelConfig(
        newName == null ? name : newName,
        newIterations == null ? iterations : newIterations,
        deadlineMillis,
        isSwitchable,
        changed);
  }

  /** Returns the deadline in nanoseconds; 0: none. */
  public long deadlineNanos() {
    return Math.round(1e6 * deadlineMillis);
  }

  static ModelConfig read(ConfigSection model) {
    OnnxConfig defaults = OnnxConfig.DEFAULTS;
    String name =
        model.text("name", DEFAULT_MODEL, "", "Name of the model; 'rackfocus models' lists them");
    int iterations =
        model.integer(
            "iterations", -1, -1, 64, "", "Number of proximal iterations; -1: the model's default");
    double deadline =
        model.number(
            "deadlineMillis",
            0,
            0,
            60_000,
            "ms",
            "Bound of the 95th percentile of latency, kept by fewer iterations, then fewer maps;"
                + " 0: off");
    boolean switchable =
        model.flag(
            "switchable",
            false,
            "Whether fewer iterations are loaded as well, so that they can be chosen while running;"
                + " a deadline loads them too");
    Device device = device(model);
    OnnxConfig onnx =
        defaults
            .withDevice(device)
            .withThreads(
                model.integer("threads", 0, 0, 256, "", "Threads per map; 0: one per core"))
            .withSpinning(
                model.flag("spinning", false, "Whether threads busy-wait while a map is computed"))
            .withArena(model.flag("arena", true, "Whether ONNX Runtime keeps memory between maps"))
            .withOptimisation(
                model.choice(
                    "graphOptimisation",
                    defaults.optimisation(),
                    "Level of graph optimisation at load time"))
            .withForm(
                model.choice(
                    "form",
                    defaults.form(),
                    "Form of the model; rolling keeps the features of each image"))
            .withPrecision(
                model.choice(
                    "precision",
                    defaults.precision(),
                    "Precision on a CPU; auto: 8 bits if the model has such graphs"))
            .withPlaneCache(
                model.choice(
                    "planeCache",
                    defaults.planeCache(),
                    "Which planes a new frame recomputes, for rolling form in fp32 on a CPU; off: all"))
            .withGpu(gpu(model.section("gpu", "Options of a GPU; see docs/gpu.md.")));
    return new ModelConfig(name, iterations, deadline, switchable, onnx);
  }

  private static Device device(ConfigSection model) {
    String text =
        model.text(
            "device",
            "cpu",
            "cpu | cuda | cuda:n | tensorrt | tensorrt:n | auto",
            "Device; auto: a GPU if there is one");
    try {
      return Device.parse(text);
    } catch (IllegalArgumentException e) {
      model.reject("device", ErrorMessages.of(e));
      return Device.CPU;
    }
  }

  private static GpuConfig gpu(ConfigSection gpu) {
    GpuConfig defaults = GpuConfig.DEFAULTS;
    int limit =
        gpu.integer(
            "memoryLimit",
            0,
            0,
            1 << 20,
            "MiB",
            "Memory limit of each session, 64 or more; 0: no limit");
    GpuConfig config =
        defaults
            .withCudnnSearch(
                gpu.choice(
                    "cudnnSearch", defaults.cudnnSearch(), "How convolution kernels are chosen"))
            .withTf32(
                gpu.flag(
                    "tf32",
                    defaults.tf32(),
                    "Whether products have 19 bits, which is faster and less exact"))
            .withFp16(
                gpu.flag(
                    "fp16", defaults.fp16(), "Whether TensorRT may compute in half precision"));
    String cache =
        gpu.text(
            "engineCache",
            "",
            "",
            "Folder for TensorRT's engines; empty: they are built at every start");
    if (!cache.isEmpty()) {
      config = config.withEngineCache(Path.of(cache));
    }
    try {
      return config.withMemoryLimitMebibytes(limit);
    } catch (IllegalArgumentException e) {
      gpu.reject("memoryLimit", ErrorMessages.of(e));
      return config;
    }
  }
}
