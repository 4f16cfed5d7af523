package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.rosnode.BagFrameSource;
import io.github.rackfocus.rosnode.BagTopics;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.DigestSink;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.FileSinkConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackfocus replay}: a stack folder or a ROS bag through the node. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Plays a stack folder or a ROS bag through the node.",
      "A folder's depth maps are written as files and pictures, a bag's where --out is given. Both"
          + " print one digest of all maps, equal for equal input, model and configuration on a"
          + " CPU. Nothing is skipped: every stage waits for the next. A folder with --loop goes on"
          + " until it is stopped, at a live camera's rate, and keeps the last maps."
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int KEPT_OF_A_LOOP = 10;
  private static final Path DEFAULT_OUT = Path.of("out", "replay");

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "STACK_DIR|FILE.bag",
      description = "A folder with images and a stack.json, or a bag.")
  private Path input = Path.of("");

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
      description = "Where the maps are written. Default of a folder: out/replay.")
  private @Nullable Path out;

  @Option(
      names = "--bit-depth",
      paramLabel = "N",
      description = "Of 16-bit images: the brightest is 2^N - 1. Default: 16, or as configured.")
  private @Nullable Integer bitDepth;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Planes, lens, validity and model, as 'rackfocus run' takes them.")
  private @Nullable Path config;

  @Option(
      names = "--image-topic",
      paramLabel = "TOPIC",
      description = "The bag's images, raw or compressed. Default: the only one.")
  private String imageTopic = "";

  @Option(
      names = "--lens-topic",
      paramLabel = "TOPIC",
      description = "The bag's lens states or powers. Default: the only one.")
  private String lensTopic = "";

  @Option(
      names = "--info-topic",
      paramLabel = "TOPIC",
      description = "The bag's camera infos. Default: the one beside the images.")
  private String infoTopic = "";

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    AppConfig loaded =
        config == null ? AppConfig.defaults() : AppConfig.load(config);
    AppConfig configuration = loaded.withModel(inference.over(loaded.model()));
    boolean isBag = Files.isRegularFile(input);
    if (isBag && (loop || rate != null)) {
      throw new ParameterException(
          spec().commandLine(), "--loop and --rate are for stack folders; rosbag play has both");
    }
    List<DepthSink> sinks = new ArrayList<>();
    DigestSink digest = new DigestSink();
    sinks.add(digest);
    FileSink files = null;
    if (out != null || !isBag) {
      Path folder = out == null ? DEFAULT_OUT : out;
      files = new FileSink(new FileSinkConfig(folder, 1, loop ? KEPT_OF_A_LOOP : 0));
      sinks.add(files);
    }
    FrameSource source = isBag ? bag(configuration) : folder();
    DepthNode node = NodeAssembly.node(configuration, source, sinks, !loop);
    PrintWriter console = spec().commandLine().getOut();
    double seconds = NodeRun.run(node, 0, console, Map::of);
    NodeHealth health = node.health();
    LiveTable.rows(health, seconds, Map.of()).stream().skip(1).forEach(console::println);
    if (source instanceof BagFrameSource bag) {
      bag.causes().forEach((cause, count) -> console.println(cause + ": " + count));
    }
    if (files != null) {
      console.println("depth maps and pictures: " + files.newestFolder());
    }
    console.println("digest of " + digest.maps() + " maps: sha256:" + digest.hex());
    console.flush();
    return health.maps() > 0 ? 0 : Rackfocus.FAILED;
  }

  private FrameSource bag(AppConfig configuration) throws IOException {
    RosInputConfig settings = configuration.source().ros();
    return BagFrameSource.open(
        input,
        new BagTopics(imageTopic, lensTopic, infoTopic),
        bitDepth == null ? settings : settings.withImages(settings.images().withBitDepth(bitDepth)));
  }

  private FrameSource folder() throws IOException {
    return Sources.folder(
        input,
        StackFolderConfig.DEFAULTS
            .withLoop(loop)
            .withRateHz(rate == null ? 15 : rate)
            .withPaced(loop || rate != null)
            .withBitDepth(bitDepth == null ? 16 : bitDepth));
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("replay was not started by its command line");
    }
    return spec;
  }
}
