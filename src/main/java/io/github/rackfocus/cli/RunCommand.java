package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigDocument;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.SinkConfig;
import io.github.rackfocus.node.DepthNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackfocus run}: the node as it is configured, until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the node as a YAML file configures it, until it is told to stop.")
final class RunCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "See config/node.yaml, which documents every option.")
  private @Nullable Path file;

  @Option(
      names = "--print-config",
      description = "Prints every option with its default, unit, range and meaning, and ends.")
  private boolean print;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    PrintWriter console = spec().commandLine().getOut();
    if (print) {
      console.print(ConfigDocument.yaml());
      console.flush();
      return 0;
    }
    if (file == null) {
      throw new ParameterException(spec().commandLine(), "--config FILE is missing");
    }
    AppConfig loaded = AppConfig.load(file);
    AppConfig configuration = loaded.withModel(inference.over(loaded.model()));
    SinkConfig sinks = configuration.sinks();
    if (sinks.files() == null && sinks.kafka() == null) {
      LoggerFactory.getLogger(RunCommand.class)
          .warn(
              "{}: no sink is on, so no depth is computed; see sinks.files and sinks.kafka", file);
    }
    FrameSource source = Sources.open(configuration.source());
    DepthNode node = NodeAssembly.node(configuration, source, List.of(), false);
    NodeRun.run(node, 0, console, Map::of);
    return 0;
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("run was not started by its command line");
    }
    return spec;
  }
}
