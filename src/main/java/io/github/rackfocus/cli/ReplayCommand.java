package io.github.rackfocus.cli;

import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.camera.StackFolderOptions;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.NodeAssembly;
import io.github.rackfocus.node.NodeConfiguration;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.node.Sources;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.FileSinkOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackfocus replay}: a stack folder through the node, to pictures. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Plays a stack folder through the node and writes its depth maps as files and pictures.",
      "Nothing is skipped: every stage waits for the next. With --loop it goes on until it is"
          + " stopped, at a live camera's rate, and keeps the last maps."
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int KEPT_OF_A_LOOP = 10;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "STACK_DIR", description = "A folder with images and a stack.json.")
  private Path folder = Path.of("");

  @Option(names = "--loop", description = "Again and again, as a live camera.")
  private boolean loop;

  @Option(
      names = "--rate",
      paramLabel = "HZ",
      description = "Frames a second. Default: as fast as possible, with --loop 15.")
  private @Nullable Double rate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the maps are written. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out", "replay");

  @Option(
      names = "--bit-depth",
      paramLabel = "N",
      description = "Of 16-bit files: the brightest is 2^N - 1. Default: ${DEFAULT-VALUE}.")
  private int bitDepth = 16;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    StackFolderOptions options =
        StackFolderOptions.DEFAULTS
            .withLoop(loop)
            .withRate(rate == null ? 15 : rate, loop || rate != null)
            .withBitDepth(bitDepth);
    FileSink files = new FileSink(new FileSinkOptions(out, 1, loop ? KEPT_OF_A_LOOP : 0));
    NodeConfiguration defaults = NodeConfiguration.defaults();
    NodeConfiguration configuration = defaults.withModel(inference.over(defaults.model()));
    StackFolder source = Sources.folder(folder, options);
    DepthNode node = NodeAssembly.node(configuration, source, List.of(files), !loop);
    PrintWriter console = spec().commandLine().getOut();
    double seconds = NodeRun.run(node, 0, console, Map::of);
    NodeHealth health = node.health();
    LiveTable.rows(health, seconds, Map.of()).stream().skip(1).forEach(console::println);
    console.println("depth maps and pictures: " + files.newestFolder());
    console.flush();
    return health.maps() > 0 ? 0 : Rackfocus.FAILED;
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("replay was not started by its command line");
    }
    return spec;
  }
}
