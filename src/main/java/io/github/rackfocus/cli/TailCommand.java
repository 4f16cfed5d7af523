package io.github.rackfocus.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.OutputFiles;
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
import io.github.rackfocus.sink.MapFolder;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.ObstacleGrid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code rackfocus tail}: prints the records of Rackfocus's Kafka topics. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints depth maps, health reports and obstacle grids from Kafka, one line per record.",
      "It joins no consumer group, so it does not disturb other consumers."
    })
final class TailCommand extends Subcommand {
  private static final Logger LOG = LoggerFactory.getLogger(TailCommand.class);
  private static final Duration POLL = Duration.ofMillis(200);

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers. Default: ${DEFAULT-VALUE}.")
  private String servers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "NAME=VALUE",
      description = "A property of the Kafka client, such as a TLS or SASL property; repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Reads brokers and client properties from the configuration of a node instead.")
  private @Nullable Path config;

  @Option(
      names = "--depth",
      description = "Prints depth maps; the default if no other kind is selected.")
  private boolean depth;

  @Option(names = "--health", description = "Prints health reports.")
  private boolean health;

  @Option(names = "--obstacles", description = "Prints obstacle grids.")
  private boolean obstacles;

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      description = "Topic of depth maps. Default: ${DEFAULT-VALUE}.")
  private String depthTopic = TopicSpec.DEPTH.name();

  @Option(
      names = "--health-topic",
      paramLabel = "NAME",
      description = "Topic of health reports. Default: ${DEFAULT-VALUE}.")
  private String healthTopic = TopicSpec.HEALTH.name();

  @Option(
      names = "--obstacles-topic",
      paramLabel = "NAME",
      description = "Topic of obstacle grids. Default: ${DEFAULT-VALUE}.")
  private String obstaclesTopic = TopicSpec.OBSTACLES.name();

  @Option(names = "--json", description = "Prints health reports as JSON, one object per line.")
  private boolean json;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "Writes a picture (PNG) of every depth map to this folder.")
  private @Nullable Path pictures;

  @Option(
      names = "--from-beginning",
      description = "Starts with the oldest records of the topics instead of new ones.")
  private boolean fromBeginning;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Exits after this many records. Default: never.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Exits after this many seconds. Default: never.")
  private double seconds = Double.POSITIVE_INFINITY;

  /** Made only for pictures, because it loads OpenCV. */
  private @Nullable DepthPicture painter;

  private volatile boolean stopped;
  private boolean loggedMissing;

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    if (json && !health) {
      throw usageError("--json requires --health");
    }
    if (pictures != null) {
      MapFolder.checkWritable(pictures);
      painter = new DepthPicture();
    }
    var previous = Signal.handle(new Signal("INT"), signal -> stopped = true);
    try (TopicTail tail = new TopicTail(clientConfig(), topics(), fromBeginning)) {
      show(tail, out());
      return 0;
    } finally {
      Signal.handle(new Signal("INT"), previous);
    }
  }

  private KafkaClientConfig clientConfig() throws IOException, ConfigException {
    if (config == null) {
      return KafkaClientConfig.of(servers).withProperties(properties);
    }
    KafkaConfig kafka = AppConfig.load(config).sinks().kafka();
    if (kafka == null) {
      throw usageError(config + ": sinks.kafka is disabled; expected it to name the brokers");
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
      if (!missing.isEmpty() && !loggedMissing) {
        loggedMissing = true;
        LOG.info("Topic {} does not exist yet; waiting", String.join(", ", missing));
      }
      return found;
    } catch (KafkaException e) {
      LOG.warn("Kafka request failed; retrying: {}", ErrorMessages.of(e));
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
    if (pictures != null && painter != null) {
      String name = (found.key() + "-" + found.id()).replaceAll("[^A-Za-z0-9._~-]", "_");
      OutputFiles.write(
          pictures.resolve(name + ".png"), painter.depth(TailLines.raster(frame, pixels)));
    }
  }
}
