package io.github.rackfocus.cli;

import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.OnnxConfig;
import io.github.rackfocus.onnx.OnnxConfig.Optimisation;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of inference that a bench compares. */
final class InferenceTuning {
  @Option(
      names = "--device",
      paramLabel = "D",
      description = "cpu, cuda[:n], tensorrt[:n] or auto. Default: cpu.")
  private @Nullable String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute a map, 0 for one a core. Default: 0.")
  private int threads;

  @Option(names = "--spinning", description = "Threads wait busily within a map.")
  private boolean spinning;

  @Option(
      names = "--optimisation",
      paramLabel = "O",
      description = "Of graphs: none, basic, extended or all. Default: all.")
  private @Nullable String optimisation;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "auto, fp32 or int8. Default: the node's.")
  private @Nullable String precision;

  /** The options with what was given on the command line in their place. */
  OnnxConfig over(OnnxConfig byDefault) {
    OnnxConfig options = byDefault.withThreads(threads).withSpinning(spinning);
    if (device != null) {
      options = options.withDevice(Device.parse(device));
    }
    if (optimisation != null) {
      options = options.withOptimisation(Optimisation.parse(optimisation));
    }
    if (precision != null) {
      options = options.withPrecision(Precision.parse(precision));
    }
    return options;
  }
}
