package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigDocument;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.SinkConfig;
import io.github.rackfocus.config.SourceConfig;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.sink.SinkCounters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rackfocus run}: runs the node with a configuration file until it is stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the depth node with a YAML configuration until stopped.")
final class RunCommand extends Subcommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML configuration; config/node.yaml documents every option.")
  private @Nullable Path file;

  @Option(
      names = "--print-config",
      description = "Prints all options with their default, unit, range and meaning, and exits.")
  private boolean print;

  @Option(
      names = "--capture",
      paramLabel = "N",
      description =
          "Computes N maps, each of a whole sweep that starts when the one before is delivered, and"
              + " nothing else; then ends.")
  private @Nullable Integer captures;

  @Mixin private ScenarioOptions scenario = new ScenarioOptions();

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    PrintWriter console = out();
    if (print) {
      console.print(ConfigDocument.yaml());
      console.flush();
      return 0;
    }
    if (file == null) {
      throw usageError("--config FILE is missing");
    }
    if (captures != null && captures < 1) {
      throw usageError("--capture is " + captures + "; expected 1 or more maps");
    }
    AppConfig loaded = load(file);
    AppConfig configuration = loaded.withModel(inference.applyTo(loaded.model()));
    SinkConfig sinks = configuration.sinks();
    if (sinks.files() == null && sinks.kafka() == null) {
      LoggerFactory.getLogger(RunCommand.class)
          .warn(
              "{}: no sink is enabled, so no depth is computed; enable sinks.files or sinks.kafka",
              file);
    }
    FrameSource source = Sources.open(configuration.source());
    DepthNode node = NodeAssembly.node(configuration, source, List.of(), false);
    if (captures != null) {
      CaptureRun.run(node, captures, configuration.capture().timeoutSeconds(), console);
    } else {
      NodeRun.run(node, 0, console, Map::of);
    }
    List<SinkCounters> counters = node.health().sinks();
    Deliveries.isWithoutFailure(counters, err());
    return Deliveries.isAllLost(counters) ? Rackfocus.FAILED : 0;
  }

  private AppConfig load(Path file) throws IOException, ConfigException {
    Scenario chosen = scenario.chosen();
    if (chosen == null) {
      return AppConfig.load(file);
    }
    // Keys of the file still override the scenario's own strengths.
    Map<String, ?> overrides =
        Map.of("source", Map.of("simulated", Map.of("scenario", chosen.label())));
    AppConfig loaded = AppConfig.load(file.toString(), Map.of(), file, overrides);
    if (loaded.source().kind() != SourceConfig.Kind.SIMULATED) {
      throw usageError(
          "--scenario is for a simulated camera, but source.kind in "
              + file
              + " is "
              + loaded.source().kind().name().toLowerCase(Locale.ROOT)
              + "; expected simulated");
    }
    return loaded;
  }
}
