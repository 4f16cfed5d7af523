package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaFrameSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.Secrets;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.github.rackfocus.kafka.codec.ImagePacking;
import io.github.rackfocus.kafka.codec.ObstacleGridCodec;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configures what is sent to Kafka.
 *
 * @param client the broker, and the bounds during an outage
 * @param depth depth maps, or null if they are not sent
 * @param frames camera frames for workers, or null if they are not sent
 * @param obstacles grids for planners, or null if they are not sent
 * @param health health of the node, or null if it is not sent
 */
public record KafkaConfig(
    KafkaClientConfig client,
    @Nullable KafkaDepthSinkConfig depth,
    @Nullable KafkaFrameSinkConfig frames,
    @Nullable Obstacles obstacles,
    @Nullable KafkaHealthConfig health) {
  private static final long MIB = 1L << 20;

  /** What happens to records while the broker is away. */
  enum OnOutage {
    /** The newest wait in memory. */
    FRESHEST,
    /** All wait on disk. */
    SPOOL
  }

  /** The format of health records. */
  enum HealthFormat {
    /** As in {@code health.proto}. */
    PROTOBUF,
    /** Its canonical JSON form. */
    JSON
  }

  /**
   * Obstacle grids.
   *
   * @param topic they are sent to
   * @param columns cells in a row
   * @param rows of cells
   */
  public record Obstacles(TopicSpec topic, int columns, int rows) {}

  static @Nullable KafkaConfig read(ConfigSection kafka) {
    boolean enabled = kafka.flag("enabled", false, "Whether depth maps are sent");
    KafkaClientConfig client = client(kafka);
    KafkaDepthSinkConfig depth = depth(kafka.section("depth", "Depth maps."), client);
    KafkaFrameSinkConfig frames =
        frames(kafka.section("frames", "Camera frames for 'rackfocus worker'."), client);
    Obstacles obstacles =
        obstacles(kafka.section("obstacles", "Nearest and median depth per cell, below 8 kB."));
    KafkaHealthConfig health =
        health(kafka.section("health", "Loss counts and timings, sent if any of the above is."));
    return enabled || frames != null || obstacles != null
        ? new KafkaConfig(client, enabled ? depth : null, frames, obstacles, health)
        : null;
  }

  private static KafkaDepthSinkConfig depth(ConfigSection depth, KafkaClientConfig client) {
    return new KafkaDepthSinkConfig(
        client,
        topic(depth, "topic", TopicSpec.DEPTH, "Topic of the maps, kept for minutes"),
        DepthPacking.PNG16,
        depth.flag("uncertainty", true, "Whether maps carry one sigma beside the depth"),
        depth.flag("age", true, "Whether maps carry the age of every pixel"));
  }

  private static @Nullable Obstacles obstacles(ConfigSection obstacles) {
    boolean enabled = obstacles.flag("enabled", false, "Whether obstacle grids are sent");
    TopicSpec topic =
        topic(obstacles, "topic", TopicSpec.OBSTACLES, "Topic of the grids, kept for minutes");
    int columns =
        obstacles.integer(
            "columns", ObstacleGridCodec.DEFAULT_COLUMNS, 1, 768, "cells", "Columns of cells");
    int rows =
        obstacles.integer(
            "rows",
            ObstacleGridCodec.DEFAULT_ROWS,
            1,
            768,
            "",
            "Rows of cells; at most 768 cells in all");
    if (columns * rows > ObstacleGridCodec.MAX_CELLS) {
      obstacles.fault("rows", rows + " with " + columns + " columns", "at most 768 cells in all");
    }
    return enabled ? new Obstacles(topic, columns, rows) : null;
  }

  private static @Nullable KafkaHealthConfig health(ConfigSection health) {
    KafkaHealthConfig defaults = KafkaHealthConfig.DEFAULTS;
    boolean enabled = health.flag("enabled", true, "Whether health is sent");
    TopicSpec topic = topic(health, "topic", defaults.topic(), "Topic of health, kept for days");
    double interval =
        health.number(
            "interval", defaults.interval().toSeconds(), 0.1, 3600, "s", "Time between records");
    HealthFormat format =
        health.choice("format", HealthFormat.PROTOBUF, "Format; json needs no schema to read");
    return enabled
        ? new KafkaHealthConfig(
            topic, Duration.ofMillis(Math.round(1000 * interval)), format == HealthFormat.JSON)
        : null;
  }

  private static @Nullable KafkaFrameSinkConfig frames(
      ConfigSection frames, KafkaClientConfig client) {
    boolean enabled = frames.flag("enabled", false, "Whether camera frames are sent");
    TopicSpec topic = topic(frames, "topic", TopicSpec.FRAMES, "Topic of the frames");
    ImagePacking packing =
        frames.choice(
            "packing", ImagePacking.PNG, "Lossless compression; zstd is larger and faster");
    return enabled
        ? new KafkaFrameSinkConfig(client, topic, packing, KafkaFrameSinkConfig.DEFAULT_QUEUE)
        : null;
  }

  /** Reads the name of a topic. */
  static TopicSpec topic(ConfigSection section, String option, TopicSpec defaults, String doc) {
    String name = section.text(option, defaults.name(), "", doc);
    try {
      return defaults.named(name);
    } catch (IllegalArgumentException e) {
      section.reject(option, ErrorMessages.of(e));
      return defaults;
    }
  }

  private static KafkaClientConfig client(ConfigSection kafka) {
    KafkaClientConfig defaults = KafkaClientConfig.of("localhost:9092");
    String servers =
        kafka.text(
            "bootstrapServers",
            defaults.bootstrapServers(),
            "",
            "Brokers as host:port, separated by commas");
    boolean create =
        kafka.flag("createTopics", defaults.createTopics(), "Whether missing topics are created");
    OnOutage onOutage =
        kafka.choice(
            "onOutage",
            OnOutage.FRESHEST,
            "While the broker is away, the newest records wait in memory, or all of them on disk");
    KafkaClientConfig.Bounds bounds = bounds(kafka, defaults.bounds());
    SpoolConfig spool =
        spool(kafka.section("spool", "Where records wait on disk, for onOutage: spool."));
    Map<String, String> properties =
        kafka.map(
            "properties",
            "Properties of Kafka's clients, such as TLS, SASL, compression; ${file:PATH} and"
                + " ${env:NAME} are replaced by secrets");
    try {
      Secrets.resolve(properties);
      return new KafkaClientConfig(
          servers,
          create,
          onOutage == OnOutage.SPOOL ? spool : null,
          bounds,
          defaults.closeTimeout(),
          properties);
    } catch (IllegalArgumentException e) {
      kafka.reject("properties", ErrorMessages.of(e));
      return defaults;
    }
  }

  private static KafkaClientConfig.Bounds bounds(
      ConfigSection kafka, KafkaClientConfig.Bounds defaults) {
    return new KafkaClientConfig.Bounds(
        kafka.integer(
            "queue",
            defaults.queueRecords(),
            1,
            100_000,
            "records",
            "Records that wait in memory with onOutage: freshest; one more drops the oldest"),
        kafka.integer(
            "inFlight",
            defaults.inFlightRecords(),
            1,
            1_000,
            "records",
            "Records sent and not acknowledged; they are resent until they are"),
        kafka.integer(
            "maxRecordBytes",
            defaults.maxRecordBytes(),
            2048,
            64 << 20,
            "bytes",
            "Largest record; larger ones are dropped; checked against the topic's limit"));
  }

  private static SpoolConfig spool(ConfigSection spool) {
    SpoolConfig defaults = SpoolConfig.in(Path.of("spool"));
    String folder = spool.text("folder", "spool", "", "Folder, created if missing; one per node");
    int mebibytes =
        spool.integer(
            "maxMiB",
            (int) (defaults.maxBytes() / MIB),
            1,
            1 << 20,
            "MiB",
            "Size limit per topic; beyond it the oldest records are dropped");
    double age =
        spool.number(
            "maxAge",
            defaults.maxAge().toSeconds(),
            1,
            31_536_000,
            "s",
            "Age limit; older records are dropped");
    boolean sync =
        spool.flag(
            "sync", false, "Whether every record is forced to disk, to survive a power failure");
    return new SpoolConfig(
        Path.of(folder), mebibytes * MIB, Duration.ofMillis(Math.round(1000 * age)), sync);
  }
}
