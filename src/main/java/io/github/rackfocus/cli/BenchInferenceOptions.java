package io.github.rackfocus.cli;

import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxConfig.Optimisation;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Inference options whose effect the benchmark measures. */
final class BenchInferenceOptions {
  @Option(
      names = "--device",
      paramLabel = "D",
      description = "Where to run the model: cpu, cuda[:n], tensorrt[:n] or auto. Default: cpu.")
  private @Nullable String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Inference threads; 0 for one per core. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--spinning",
      description = "Inference threads spin while they wait for work within a map.")
  private boolean spinning;

  @Option(
      names = "--optimisation",
      paramLabel = "O",
      description =
          "ONNX Runtime's graph optimisation: none, basic, extended or all. Default: all.")
  private @Nullable String optimisation;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "auto (int8 where the model has it), fp32 or int8. Default: the node's default.")
  private @Nullable String precision;

  /** Returns the configuration with the options of the command line applied. */
  OnnxConfig applyTo(OnnxConfig defaults) {
    OnnxConfig config = defaults.withThreads(threads).withSpinning(spinning);
    if (device != null) {
      config = config.withDevice(Device.parse(device));
    }
    if (optimisation != null) {
      config = config.withOptimisation(Optimisation.parse(optimisation));
    }
    if (precision != null) {
      config = config.withPrecision(Precision.parse(precision));
    }
    return config;
  }
}
