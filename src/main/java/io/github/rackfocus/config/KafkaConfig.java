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
import org.jspecify.annotations.Nullable;

/**
 * What goes to Kafka.
 *
 * @param settings the broker, and the bounds during an outage
 * @param depth depth maps, or null where they don't go there
 * @param frames camera frames for workers, or null where they don't go there
 * @param obstacles grids for planners, or null where they don't go there
 * @param health of the node, or null where it doesn't go there
 */
public record KafkaConfig(
    KafkaClientConfig settings,
    @Nullable KafkaDepthSinkConfig depth,
    @Nullable KafkaFrameSinkConfig frames,
    @Nullable Obstacles obstacles,
    @Nullable KafkaHealthConfig health) {
  private static final long MIB = 1L << 20;

  /** What becomes of records while the broker is away. */
  enum OnOutage {
    /** The newest wait in memory. */
    FRESHEST,
    /** All wait on disk. */
    SPOOL
  }

  /** What health records are. */
  enum HealthFormat {
    /** As in {@code health.proto}. */
    PROTOBUF,
    /** Its canonical JSON form. */
    JSON
  }

  /**
   * Obstacle grids.
   *
   * @param topic they go to
   * @param columns cells in a row
   * @param rows of cells
   */
  public record Obstacles(TopicSpec topic, int columns, int rows) {}

  static @Nullable KafkaConfig read(ConfigSection kafka) {
    boolean enabled = kafka.flag("enabled", false, "whether maps are sent");
    KafkaClientConfig settings = settings(kafka);
    String topic =
        kafka.text("topic", TopicSpec.DEPTH.name(), "a topic", "for depth maps, minutes");
    boolean uncertainty = kafka.flag("uncertainty", true, "send one sigma beside the depth");
    boolean age = kafka.flag("age", true, "send the age of every pixel");
    KafkaDepthSinkConfig depth =
        new KafkaDepthSinkConfig(
            settings,
            named(kafka, "topic", TopicSpec.DEPTH, topic),
            DepthPacking.PNG16,
            uncertainty,
            age);
    KafkaFrameSinkConfig frames = frames(kafka, settings);
    Obstacles obstacles =
        obstacles(kafka.section("obstacles", "nearest and median depth by cell, below 8 kB"));
    KafkaHealthConfig health =
        health(kafka.section("health", "counts of all losses, timings; beside any of the above"));
    return enabled || frames != null || obstacles != null
        ? new KafkaConfig(settings, enabled ? depth : null, frames, obstacles, health)
        : null;
  }

  private static @Nullable Obstacles obstacles(ConfigSection section) {
    boolean enabled = section.flag("enabled", false, "whether grids are made and sent");
    String topic =
        section.text("topic", TopicSpec.OBSTACLES.name(), "a topic", "for them, minutes");
    int columns =
        section.integer("columns", ObstacleGridCodec.DEFAULT_COLUMNS, 1, 768, "cells", "in a row");
    int rows =
        section.integer(
            "rows", ObstacleGridCodec.DEFAULT_ROWS, 1, 768, "", "at most 768 cells in all");
    if (columns * rows > ObstacleGridCodec.MAX_CELLS) {
      section.fault("rows", rows + " with " + columns + " columns", "at most 768 cells in all");
    }
    TopicSpec named = named(section, "topic", TopicSpec.OBSTACLES, topic);
    return enabled ? new Obstacles(named, columns, rows) : null;
  }

  private static @Nullable KafkaHealthConfig health(ConfigSection section) {
    KafkaHealthConfig byDefault = KafkaHealthConfig.DEFAULTS;
    boolean enabled = section.flag("enabled", true, "whether health is sent");
    String topic = section.text("topic", byDefault.topic().name(), "a topic", "for it, days");
    double interval =
        section.number(
            "interval", byDefault.interval().toSeconds(), 0.1, 3600, "s", "between records");
    HealthFormat format =
        section.choice("format", HealthFormat.PROTOBUF, "json for consumers without the schema");
    TopicSpec named = named(section, "topic", byDefault.topic(), topic);
    return enabled
        ? new KafkaHealthConfig(
            named, Duration.ofMillis(Math.round(1000 * interval)), format == HealthFormat.JSON)
        : null;
  }

  private static @Nullable KafkaFrameSinkConfig frames(ConfigSection kafka, KafkaClientConfig settings) {
    boolean enabled =
        kafka.flag("frames", false, "send camera frames too, for 'rackfocus worker' to take");
    String topic = kafka.text("framesTopic", KafkaFrameSinkConfig.DEFAULT_TOPIC, "a topic", "for them");
    ImagePacking packing =
        kafka.choice("framePacking", ImagePacking.PNG, "lossless; zstd is larger and quicker");
    TopicSpec named = named(kafka, "framesTopic", TopicSpec.FRAMES, topic);
    return enabled
        ? new KafkaFrameSinkConfig(settings, named, packing, KafkaFrameSinkConfig.DEFAULT_QUEUE)
        : null;
  }

  private static TopicSpec named(ConfigSection kafka, String option, TopicSpec byDefault, String name) {
    try {
      return byDefault.named(name);
    } catch (IllegalArgumentException e) {
      kafka.reject(option, ErrorMessages.of(e));
      return byDefault;
    }
  }

  private static KafkaClientConfig settings(ConfigSection kafka) {
    KafkaClientConfig byDefault = KafkaClientConfig.of("localhost:9092");
    String servers =
        kafka.text("bootstrapServers", "localhost:9092", "host:port, comma separated", "brokers");
    boolean create = kafka.flag("createTopics", false, "make the topics where they are missing");
    OnOutage onOutage =
        kafka.choice(
            "onOutage",
            OnOutage.FRESHEST,
            "while the broker is away the newest records wait in memory, or all of them on disk");
    int queue =
        kafka.integer(
            "queue",
            byDefault.queueRecords(),
            1,
            100_000,
            "records",
            "that wait in memory (freshest); one more drops the oldest, counted");
    int inFlight =
        kafka.integer(
            "inFlight",
            byDefault.inFlightRecords(),
            1,
            1_000,
            "records",
            "sent and not acknowledged; sent again until they are");
    int largest =
        kafka.integer(
            "maxRecordBytes",
            byDefault.maxRecordBytes(),
            2048,
            64 << 20,
            "bytes",
            "larger records are refused and counted; checked against the topic's limit");
    SpoolConfig spool = spool(kafka.section("spool", "where records wait (onOutage: spool)"));
    var properties =
        kafka.map(
            "properties",
            "passed to Kafka's clients: TLS, SASL, compression; ${file:PATH} and ${env:NAME} stand"
                + " for secrets");
    try {
      Secrets.resolve(properties);
      return new KafkaClientConfig(
          servers,
          create,
          onOutage == OnOutage.SPOOL ? spool : null,
          queue,
          inFlight,
          largest,
          byDefault.closeTimeout(),
          properties);
    } catch (IllegalArgumentException e) {
      kafka.reject("properties", ErrorMessages.of(e));
      return byDefault;
    }
  }

  private static SpoolConfig spool(ConfigSection spool) {
    SpoolConfig byDefault = SpoolConfig.in(Path.of("spool"));
    String folder =
        spool.text("folder", "spool", "a folder", "made where it is missing; one node each");
    int megabytes =
        spool.integer(
            "maxMiB",
            (int) (byDefault.maxBytes() / MIB),
            1,
            1 << 20,
            "MiB",
            "on disk for each topic; beyond it the oldest records are dropped and counted");
    double age =
        spool.number(
            "maxAge",
            byDefault.maxAge().toSeconds(),
            1,
            31_536_000,
            "s",
            "beyond it records are dropped and counted");
    boolean sync =
        spool.flag("sync", false, "force every record onto the disk: outlives a power cut too");
    return new SpoolConfig(
        Path.of(folder), megabytes * MIB, Duration.ofMillis(Math.round(1000 * age)), sync);
  }
}
