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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackfocus replay}: computes the depth of a stack folder or a ROS bag. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Computes the depth maps of a stack folder or a ROS bag, skipping none.",
      "Depth maps of a folder are written to --out; those of a bag only if --out is given."
          + " Prints a digest of all maps, which is equal for equal input, model and configuration"
          + " on a CPU. With --loop, a folder is played like a live camera until stopped and only"
          + " the last "
          + ReplayCommand.KEPT_IN_LOOP
          + " maps are kept."
    })
final class ReplayCommand extends Subcommand {
  static final int KEPT_IN_LOOP = 10;
  private static final Path DEFAULT_OUT = Path.of("out", "replay");

  @Parameters(
      paramLabel = "STACK_DIR|FILE.bag",
      description = "A folder with images and a stack.json, or a ROS bag.")
  private Path path = Path.of("");

  @Option(names = "--loop", description = "Repeats a folder until stopped, like a live camera.")
  private boolean loop;

  @Option(
      names = "--rate",
      paramLabel = "HZ",
      description =
          "Frames per second, for a folder. Default: as fast as possible; with --loop 15.")
  private @Nullable Double rate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for depth maps and pictures. Default: out/replay for a stack folder, none for a"
              + " bag.")
  private @Nullable Path out;

  @Option(
      names = "--bit-depth",
      paramLabel = "N",
      description = "Significant bits of 16-bit images, 8 to 16. Default if not configured: 16.")
  private @Nullable Integer bitDepth;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration of planes, lens, validity and model, in the format of 'rackfocus run'.")
  private @Nullable Path config;

  @Option(
      names = "--image-topic",
      paramLabel = "TOPIC",
      description = "Image topic of the bag, raw or compressed. Default: the only one in the bag.")
  private String imageTopic = "";

  @Option(
      names = "--lens-topic",
      paramLabel = "TOPIC",
      description =
          "Lens topic of the bag (lens state or lens power). Default: the only one in the bag.")
  private String lensTopic = "";

  @Option(
      names = "--info-topic",
      paramLabel = "TOPIC",
      description =
          "CameraInfo topic of the bag. Default: camera_info in the namespace of the image topic.")
  private String infoTopic = "";

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    AppConfig loaded = config == null ? AppConfig.defaults() : AppConfig.load(config);
    AppConfig configuration = loaded.withModel(inference.applyTo(loaded.model()));
    boolean isBag = Files.isRegularFile(path);
    if (isBag && (loop || rate != null)) {
      throw usageError(
          "--loop and --rate are for stack folders; to play a bag at its rate, use rosbag play");
    }
    List<DepthSink> sinks = new ArrayList<>();
    DigestSink digest = new DigestSink();
    sinks.add(digest);
    FileSink files = null;
    if (out != null || !isBag) {
      Path folder = out == null ? DEFAULT_OUT : out;
      files = new FileSink(new FileSinkConfig(folder, 1, loop ? KEPT_IN_LOOP : 0));
      sinks.add(files);
    }
    FrameSource source = isBag ? bag(configuration) : folder();
    DepthNode node = NodeAssembly.node(configuration, source, sinks, !loop);
    PrintWriter console = out();
    double seconds = NodeRun.run(node, 0, console, Map::of);
    NodeHealth health = node.health();
    LiveTable.rows(health, seconds, Map.of()).stream().skip(1).forEach(console::println);
    if (source instanceof BagFrameSource bag) {
      bag.causes().forEach((cause, count) -> console.println(cause + ": " + count));
    }
    if (health.maps().published() == 0) {
      String why = node.incompleteSweep();
      err().println(source.name() + ": no map was computed" + (why == null ? "" : ": " + why));
    }
    if (files != null && files.newestFolder() != null) {
      console.println("Depth maps and pictures: " + files.newestFolder());
    }
    console.println("digest of " + digest.maps() + " maps: sha256:" + digest.hex());
    console.flush();
    boolean delivered =
        loop
            ? Deliveries.isWithoutFailure(health.sinks(), err())
            : Deliveries.isComplete(health.sinks(), err());
    return delivered && health.maps().published() > 0 ? 0 : Rackfocus.FAILED;
  }

  private FrameSource bag(AppConfig configuration) throws IOException {
    RosInputConfig input = configuration.source().ros();
    return BagFrameSource.open(
        path,
        new BagTopics(imageTopic, lensTopic, infoTopic),
        bitDepth == null ? input : input.withImages(input.images().withBitDepth(bitDepth)));
  }

  private FrameSource folder() throws IOException {
    return Sources.folder(
        path,
        StackFolderConfig.DEFAULTS
            .withLoop(loop)
            .withRateHz(rate == null ? 15 : rate)
            .withPaced(loop || rate != null)
            .withBitDepth(bitDepth == null ? 16 : bitDepth));
  }
}
