package io.github.rackfocus.cli;

import io.github.rackfocus.config.ModelConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs inference; each replaces what is configured. */
final class InferenceOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "See 'rackfocus models', or sml or ddl. Default: " + ModelConfig.DEFAULT_MODEL + ".")
  private @Nullable String model;

  @Option(
      names = "--iterations",
      paramLabel = "K",
      description = "Proximal iterations. Default: the model's.")
  private @Nullable Integer iterations;

  @Option(names = "--device", paramLabel = "D", description = "cpu, cuda[:n] or auto.")
  private @Nullable String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute a map, 0 for one a core.")
  private @Nullable Integer threads;

  /** The settings with what was given on the command line in its place. */
  ModelConfig over(ModelConfig configured) {
    return configured.overriddenBy(model, iterations, device, threads);
  }
}
