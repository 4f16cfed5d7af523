package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackfocus demo}: the main job on a simulated camera and a broker in this JVM. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the main job on embedded defaults: a simulated camera with a liquid lens, inference,",
      "depth maps to files and to a Kafka broker in this process, counted there by a consumer."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int KEPT_MAPS = 5;
  private static final Duration LAST_MAPS = Duration.ofSeconds(10);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long it runs; 0: until stopped. Default: ${DEFAULT-VALUE}.")
  private double seconds = 30;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where maps and pictures are written. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out", "demo");

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Pixels of the simulated camera. Default: ${DEFAULT-VALUE}.")
  private String size = "320x240";

  @Option(
      names = "--planes",
      paramLabel = "Z",
      description = "Focus planes of a sweep, 3 to 64. Default: ${DEFAULT-VALUE}.")
  private int planes = SimulatedCameraConfig.DEFAULTS.sweep().planes();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Another scene and other noise. Default: ${DEFAULT-VALUE}.")
  private long seed = SimulatedCameraConfig.DEFAULTS.scene().seed();

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(seconds >= 0)) {
      throw new ParameterException(
          spec().commandLine(), "--seconds is " + seconds + "; expected 0 (until stopped) or more");
    }
    PrintWriter console = spec().commandLine().getOut();
    SimulatedCameraConfig camera = cameraConfig();
    FileSink files = new FileSink(new FileSinkConfig(out, planes, KEPT_MAPS));
    console.printf(
        Locale.ROOT,
        "Simulated camera: %d x %d at %.0f Hz, %d planes from %.2f m to %.2f m%n",
        camera.format().width(),
        camera.format().height(),
        camera.format().rateHz(),
        planes,
        1 / camera.sweep().farthestDioptres(),
        1 / camera.sweep().nearestDioptres());
    console.flush();
    CompletableFuture<EmbeddedKafkaBroker> starting =
        CompletableFuture.supplyAsync(DemoCommand::startBroker);
    SimulatedCamera source = rendered(camera);
    try (EmbeddedKafkaBroker broker = started(starting)) {
      return run(console, source, files, broker);
    }
  }

  private int run(
      PrintWriter console, SimulatedCamera source, FileSink files, EmbeddedKafkaBroker broker)
      throws IOException, InterruptedException {
    String topic = KafkaDepthSinkConfig.DEFAULT_TOPIC;
    broker.createTopic(topic, 1);
    AppConfig defaults = AppConfig.defaults();
    AppConfig configuration = defaults.withModel(inference.over(defaults.model()));
    KafkaDepthSink kafka =
        new KafkaDepthSink(KafkaDepthSinkConfig.of(broker.bootstrapServers()), configuration.identity());
    TruthSink truth = new TruthSink(frame -> source.groundTruth(frame).values());
    DepthNode node = NodeAssembly.node(configuration, source, List.of(files, kafka, truth), false);
    console.printf(
        "Kafka broker in this process: %s, topic %s%n", broker.bootstrapServers(), topic);
    console.flush();
    try (DepthTopicCounter counter = new DepthTopicCounter(broker.bootstrapServers(), topic)) {
      NodeRun.run(node, seconds, console, () -> rows(truth.score(), kafka.counts(), counter));
      PublisherCounts sent = kafka.counts();
      boolean arrived = counter.await(sent.acknowledged(), LAST_MAPS);
      summary(console, truth.score(), sent, counter);
      console.println("Depth maps and pictures: " + files.newestFolder());
      console.flush();
      boolean sound = arrived && sent.lost() == 0 && node.health().maps() > 0;
      return sound ? 0 : Rackfocus.FAILED;
    }
  }

  private static Map<String, String> rows(
      TruthSink.Score score, PublisherCounts sent, DepthTopicCounter counter) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("error", errors(score));
    rows.put(
        "in Kafka",
        "%d acknowledged, %d read by a consumer, %.0f kB a map"
            .formatted(
                sent.acknowledged(),
                counter.maps(),
                sent.acknowledged() == 0
                    ? 0.0
                    : sent.delivery().bytes() / 1e3 / sent.acknowledged()));
    return rows;
  }

  private static String errors(TruthSink.Score score) {
    return score.maps() == 0
        ? "no map yet"
        : String.format(
            Locale.ROOT,
            "%.2f planes, %.1f mm where depth is published (%.0f %%); every pixel %.2f planes",
            score.planesPublished(),
            score.millimetresPublished(),
            100 * score.publishedShare(),
            score.planesEveryPixel());
  }

  private static void summary(
      PrintWriter console, TruthSink.Score score, PublisherCounts sent, DepthTopicCounter counter) {
    console.println();
    console.println("Error against the simulator's truth: " + errors(score));
    console.printf(
        "Kafka: %d maps sent, %d acknowledged, %d lost; a consumer read %d (%d twice, %d not"
            + " readable)%n",
        sent.offered(),
        sent.acknowledged(),
        sent.lost(),
        counter.maps(),
        counter.duplicates(),
        counter.unreadable());
  }

  private SimulatedCameraConfig cameraConfig() {
    String[] sides = size.split("x", -1);
    try {
      int width = Integer.parseInt(sides[0]);
      int height = Integer.parseInt(sides[sides.length == 2 ? 1 : sides.length]);
      Instant now = Instant.now();
      long startStampNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
      SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
      return defaults
          .withSize(width, height)
          .withPlanes(planes)
          .withScene(defaults.scene().withSeed(seed))
          .withPlayback(defaults.playback().withStartStampNanos(startStampNanos));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new ParameterException(
          spec().commandLine(), "--size is '" + size + "'; expected WxH, such as 640x480", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec().commandLine(), e.getMessage(), e);
    }
  }

  private static SimulatedCamera rendered(SimulatedCameraConfig camera) {
    try (Progress progress = new Progress("rendering")) {
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

  private static EmbeddedKafkaBroker started(CompletableFuture<EmbeddedKafkaBroker> starting)
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

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("demo was not started by its command line");
    }
    return spec;
  }
}
