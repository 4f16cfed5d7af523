package io.github.rackfocus.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.KafkaConfig;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.kafka.TopicTail;
import io.github.rackfocus.kafka.codec.DepthFrameCodec;
import io.github.rackfocus.kafka.codec.DepthPixels;
import io.github.rackfocus.kafka.codec.ProtoJson;
import io.github.rackfocus.sink.DepthPicture;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.ObstacleGrid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** {@code rackfocus tail}: what goes through Kafka, a line a record. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows depth maps as they go through Kafka, a line a map; health and obstacle grids on",
      "request. Looks on only: it joins no consumer group."
    })
final class TailCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TailCommand.class);
  private static final Duration POLL = Duration.ofMillis(200);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Brokers. Default: ${DEFAULT-VALUE}.")
  private String servers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "NAME=VALUE",
      description = "For Kafka's client, such as TLS and SASL settings; may be given again.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Takes brokers and properties from a node's configuration instead.")
  private @Nullable Path config;

  @Option(
      names = "--depth",
      description = "Shows depth maps; the default where nothing else is asked for.")
  private boolean depth;

  @Option(names = "--health", description = "Shows health.")
  private boolean health;

  @Option(names = "--obstacles", description = "Shows obstacle grids.")
  private boolean obstacles;

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      description = "Of depth maps. Default: ${DEFAULT-VALUE}.")
  private String depthTopic = TopicSpec.DEPTH.name();

  @Option(names = "--health-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
  private String healthTopic = TopicSpec.HEALTH.name();

  @Option(
      names = "--obstacles-topic",
      paramLabel = "NAME",
      description = "Default: ${DEFAULT-VALUE}.")
  private String obstaclesTopic = TopicSpec.OBSTACLES.name();

  @Option(names = "--json", description = "Health as JSON, an object a line.")
  private boolean json;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "Writes a picture of every depth map there.")
  private @Nullable Path pictures;

  @Option(names = "--from-beginning", description = "First what the topics hold already.")
  private boolean fromBeginning;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after so many records. Default: never.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Ends after so long. Default: never.")
  private double seconds = Double.POSITIVE_INFINITY;

  private final DepthPicture painter = new DepthPicture();
  private volatile boolean stopped;
  private boolean saidMissing;

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    if (json && !health) {
      throw new ParameterException(spec().commandLine(), "--json is for --health");
    }
    if (pictures != null) {
      Files.createDirectories(pictures);
    }
    var before = Signal.handle(new Signal("INT"), signal -> stopped = true);
    try (TopicTail tail = new TopicTail(settings(), topics(), fromBeginning)) {
      show(tail, spec().commandLine().getOut());
      return 0;
    } finally {
      Signal.handle(new Signal("INT"), before);
    }
  }

  private KafkaClientConfig settings() throws IOException, ConfigException {
    if (config == null) {
      return KafkaClientConfig.of(servers).withProperties(properties);
    }
    KafkaConfig kafka = AppConfig.load(config).sinks().kafka();
    if (kafka == null) {
      throw new ParameterException(
          spec().commandLine(), config + ": sinks.kafka is off; expected brokers there");
    }
    return kafka.client();
  }

  private List<String> topics() {
    List<String> topics = new ArrayList<>();
    if (depth || pictures != null || !(health || obstacles)) {
      topics.add(depthTopic);
    }
    if (obstacles) {
      topics.add(obstaclesTopic);
    }
    if (health) {
      topics.add(healthTopic);
    }
    return topics;
  }

  private void show(TopicTail tail, PrintWriter out) throws IOException, InterruptedException {
    double endNanos = System.nanoTime() + seconds * 1e9;
    long shown = 0;
    while (!stopped && shown < count && System.nanoTime() < endNanos) {
      for (TopicTail.Found found : poll(tail)) {
        if (shown < count) {
          shown++;
          out.println(line(found));
        }
      }
      out.flush();
    }
  }

  private List<TopicTail.Found> poll(TopicTail tail) throws InterruptedException {
    try {
      List<TopicTail.Found> found = tail.poll(POLL);
      Set<String> missing = tail.missing();
      if (!missing.isEmpty() && !saidMissing) {
        saidMissing = true;
        LOG.info("waiting for topic {}", String.join(", ", missing));
      }
      return found;
    } catch (KafkaException e) {
      LOG.warn("kafka: {}", ErrorMessages.of(e));
      Thread.sleep(POLL.toMillis());
      return List.of();
    }
  }

  private String line(TopicTail.Found found) throws IOException {
    DepthFrame frame;
    DepthPixels pixels;
    try {
      if (found.topic().equals(healthTopic)) {
        return health(found);
      }
      if (found.topic().equals(obstaclesTopic)) {
        return TailLines.obstacles(found, ObstacleGrid.parseFrom(found.value()));
      }
      frame = DepthFrame.parseFrom(found.value());
      pixels = DepthFrameCodec.decode(frame);
    } catch (IOException | IllegalArgumentException e) {
      return TailLines.unreadable(found, ErrorMessages.of(e));
    }
    paint(found, frame, pixels);
    return TailLines.depth(found, frame, pixels);
  }

  private String health(TopicTail.Found found) throws InvalidProtocolBufferException {
    if ("application/json".equals(found.contentType())) {
      return new String(found.value(), StandardCharsets.UTF_8);
    }
    Health message = Health.parseFrom(found.value());
    return json ? ProtoJson.of(message) : TailLines.health(found, message);
  }

  private void paint(TopicTail.Found found, DepthFrame frame, DepthPixels pixels)
      throws IOException {
    if (pictures != null) {
      String name = (found.key() + "-" + found.id()).replaceAll("[^A-Za-z0-9._~-]", "_");
      Files.write(pictures.resolve(name + ".png"), painter.depth(TailLines.raster(frame, pixels)));
    }
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("tail was not started by its command line");
    }
    return spec;
  }
}
