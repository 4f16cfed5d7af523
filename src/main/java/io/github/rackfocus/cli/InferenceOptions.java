package io.github.rackfocus.cli;

import io.github.rackfocus.config.ModelConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Inference options shared by several commands; each overrides its value in the configuration. */
final class InferenceOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "Depth model: one that 'rackfocus models' lists, or the classical baseline sml or ddl."
              + " Default if not configured: "
              + ModelConfig.DEFAULT_MODEL
              + ".")
  private @Nullable String model;

  @Option(
      names = "--iterations",
      paramLabel = "K",
      description =
          "Refinement iterations of the model; fewer are faster. Default if not"
              + " configured: the model's own default.")
  private @Nullable Integer iterations;

  @Option(
      names = "--device",
      paramLabel = "D",
      description =
          "Where to run the model: cpu, cuda[:n] or auto. Default if not configured: cpu.")
  private @Nullable String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Inference threads; 0 for one per core. Default if not configured: 0.")
  private @Nullable Integer threads;

  /** Returns the configuration with the options of the command line applied. */
  ModelConfig applyTo(ModelConfig config) {
    return config.overriddenBy(model, iterations, device, threads);
  }
}
