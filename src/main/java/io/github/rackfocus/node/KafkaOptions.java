package io.github.rackfocus.node;

import io.github.rackfocus.frame.Reason;
import io.github.rackfocus.kafka.DepthPacking;
import io.github.rackfocus.kafka.KafkaSettings;
import io.github.rackfocus.kafka.KafkaSinkConfig;
import io.github.rackfocus.kafka.Secrets;
import io.github.rackfocus.kafka.SpoolOptions;
import io.github.rackfocus.kafka.TopicSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What goes to Kafka.
 *
 * @param depth depth maps, and the broker that everything else goes to as well
 */
public record KafkaOptions(KafkaSinkConfig depth) {
  private static final long MIB = 1L << 20;

  /** What becomes of records while the broker is away. */
  enum OnOutage {
    /** The newest wait in memory. */
    FRESHEST,
    /** All wait on disk. */
    SPOOL
  }

  static @Nullable KafkaOptions read(Settings kafka) {
    boolean enabled = kafka.flag("enabled", false, "whether maps are sent");
    KafkaSettings settings = settings(kafka);
    String topic =
        kafka.text("topic", TopicSpec.DEPTH.name(), "a topic", "for depth maps, minutes");
    boolean uncertainty = kafka.flag("uncertainty", true, "send one sigma beside the depth");
    boolean age = kafka.flag("age", true, "send the age of every pixel");
    try {
      KafkaSinkConfig depth =
          new KafkaSinkConfig(
              settings, TopicSpec.DEPTH.named(topic), DepthPacking.PNG16, uncertainty, age);
      return enabled ? new KafkaOptions(depth) : null;
    } catch (IllegalArgumentException e) {
      kafka.reject("topic", Reason.of(e));
      return null;
    }
  }

  private static KafkaSettings settings(Settings kafka) {
    KafkaSettings byDefault = KafkaSettings.of("localhost:9092");
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
    SpoolOptions spool = spool(kafka.section("spool", "where records wait (onOutage: spool)"));
    var properties =
        kafka.map(
            "properties",
            "passed to Kafka's clients: TLS, SASL, compression; ${file:PATH} and ${env:NAME} stand"
                + " for secrets");
    try {
      Secrets.resolve(properties);
      return new KafkaSettings(
          servers,
          create,
          onOutage == OnOutage.SPOOL ? spool : null,
          queue,
          inFlight,
          largest,
          byDefault.closeTimeout(),
          properties);
    } catch (IllegalArgumentException e) {
      kafka.reject("properties", Reason.of(e));
      return byDefault;
    }
  }

  private static SpoolOptions spool(Settings spool) {
    SpoolOptions byDefault = SpoolOptions.in(Path.of("spool"));
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
    return new SpoolOptions(
        Path.of(folder), megabytes * MIB, Duration.ofMillis(Math.round(1000 * age)), sync);
  }
}
