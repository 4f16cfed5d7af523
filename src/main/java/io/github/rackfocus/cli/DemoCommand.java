package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.demo.DepthTopicCounter;
import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.eval.TruthSink;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.PublisherCounts;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.FileSinkConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rackfocus demo}: the pipeline on a simulated camera and an embedded Kafka broker. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows the whole pipeline without any hardware.",
      "Runs depth inference on a simulated camera with a liquid lens, and writes the depth maps to"
          + " files and to an embedded Kafka broker."
    })
final class DemoCommand extends Subcommand {
  private static final int KEPT_MAPS = 5;
  private static final Duration LAST_MAPS = Duration.ofSeconds(10);

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Duration in seconds; 0 runs until stopped. Default: ${DEFAULT-VALUE}.")
  private double seconds = 30;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for depth maps and pictures. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out", "demo");

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Image size of the simulated camera. Default: ${DEFAULT-VALUE}.")
  private String size = "320x240";

  @Option(
      names = "--planes",
      paramLabel = "Z",
      description = "Focus planes per sweep, 3 to 64. Default: ${DEFAULT-VALUE}.")
  private int planes = SimulatedCameraConfig.DEFAULTS.sweep().planes();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Random seed of the scene and the noise. Default: ${DEFAULT-VALUE}.")
  private long seed = SimulatedCameraConfig.DEFAULTS.scene().seed();

  @Mixin private ScenarioOptions scenario = new ScenarioOptions();

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(seconds >= 0)) {
      throw usageError("--seconds is " + seconds + "; expected 0 (until stopped) or more");
    }
    PrintWriter console = out();
    SimulatedCameraConfig camera = cameraConfig();
    FileSink files = new FileSink(new FileSinkConfig(out, planes, KEPT_MAPS));
    console.printf(
        Locale.ROOT,
        "Simulated camera: %d x %d at %.0f Hz, %d focus planes from %.2f m to %.2f m%n",
        camera.format().width(),
        camera.format().height(),
        camera.format().rateHz(),
        planes,
        1 / camera.sweep().farthestDioptres(),
        1 / camera.sweep().nearestDioptres());
    console.printf(
        Locale.ROOT,
        "Scenario %s: %s%n",
        scenario.orStill().label(),
        scenario.orStill().description());
    console.flush();
    CompletableFuture<EmbeddedKafkaBroker> starting =
        CompletableFuture.supplyAsync(DemoCommand::startBroker);
    SimulatedCamera source = render(camera);
    try (EmbeddedKafkaBroker broker = await(starting)) {
      return run(console, source, files, broker);
    }
  }

  private int run(
      PrintWriter console, SimulatedCamera source, FileSink files, EmbeddedKafkaBroker broker)
      throws IOException, InterruptedException {
    String topic = KafkaDepthSinkConfig.DEFAULT_TOPIC;
    broker.createTopic(topic, 1);
    AppConfig defaults = AppConfig.defaults();
    AppConfig configuration = defaults.withModel(inference.applyTo(defaults.model()));
    KafkaDepthSink kafka =
        new KafkaDepthSink(
            KafkaDepthSinkConfig.of(broker.bootstrapServers()), configuration.identity());
    TruthSink truth = new TruthSink(frame -> source.groundTruth(frame).values());
    DepthNode node = NodeAssembly.node(configuration, source, List.of(files, kafka, truth), false);
    console.printf(
        Locale.ROOT, "Embedded Kafka broker: %s, topic %s%n", broker.bootstrapServers(), topic);
    console.flush();
    try (DepthTopicCounter counter = new DepthTopicCounter(broker.bootstrapServers(), topic)) {
      NodeRun.run(node, seconds, console, () -> rows(truth.score(), kafka.counts(), counter));
      PublisherCounts sent = kafka.counts();
      boolean arrived = counter.await(sent.acknowledged(), LAST_MAPS);
      summary(console, truth.score(), sent, counter);
      if (files.newestFolder() != null) {
        console.println(
            "Depth maps and pictures: " + files.newestFolder() + " (open depth-colour.png)");
      }
      console.flush();
      boolean delivered = Deliveries.isWithoutFailure(node.health().sinks(), err());
      boolean success =
          arrived && delivered && sent.lost() == 0 && node.health().maps().published() > 0;
      return success ? 0 : Rackfocus.FAILED;
    }
  }

  private static Map<String, String> rows(
      TruthSink.Score score, PublisherCounts sent, DepthTopicCounter counter) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("depth error", errors(score));
    rows.put(
        "Kafka",
        String.format(
            Locale.ROOT,
            "%d maps acknowledged, %d read back, %.0f kB per map",
            sent.acknowledged(),
            counter.maps(),
            sent.acknowledged() == 0 ? 0.0 : sent.delivery().bytes() / 1e3 / sent.acknowledged()));
    return rows;
  }

  private static String errors(TruthSink.Score score) {
    return score.maps() == 0
        ? "no map yet"
        : String.format(
            Locale.ROOT,
            "published pixels (%.0f %%): %.1f mm, %.2f planes; all pixels: %.2f planes",
            100 * score.publishedShare(),
            score.millimetresPublished(),
            score.planesPublished(),
            score.planesAllPixels());
  }

  private static void summary(
      PrintWriter console, TruthSink.Score score, PublisherCounts sent, DepthTopicCounter counter) {
    console.println();
    console.println("Mean depth error (against the simulated scene): " + errors(score));
    console.printf(
        Locale.ROOT,
        "Kafka: %d maps sent, %d acknowledged, %d lost; %d read back (%d duplicates, %d"
            + " unreadable)%n",
        sent.offered(),
        sent.acknowledged(),
        sent.lost(),
        counter.maps(),
        counter.duplicates(),
        counter.unreadable());
  }

  private SimulatedCameraConfig cameraConfig() {
    try {
      ImageSize image = ImageSize.parse(size);
      Instant now = Instant.now();
      long startStampNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
      SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
      SimulatedCameraConfig camera =
          scenario
              .orStill()
              .applyTo(
                  defaults
                      .withSize(image.width(), image.height())
                      .withPlanes(planes)
                      .withScene(defaults.scene().withSeed(seed)));
      return camera.withPlayback(camera.playback().withStartStampNanos(startStampNanos));
    } catch (IllegalArgumentException e) {
      throw usageError(ErrorMessages.of(e), e);
    }
  }

  private static SimulatedCamera render(SimulatedCameraConfig camera) {
    try (Progress progress = new Progress("rendering scene")) {
      return Sources.simulated(camera, progress::show);
    }
  }

  private static EmbeddedKafkaBroker startBroker() {
    try {
      return EmbeddedKafkaBroker.start();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static EmbeddedKafkaBroker await(CompletableFuture<EmbeddedKafkaBroker> starting)
      throws IOException {
    try {
      return starting.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
