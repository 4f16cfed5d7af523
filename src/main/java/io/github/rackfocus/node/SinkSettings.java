package io.github.rackfocus.node;

import io.github.rackfocus.frame.Reason;
import io.github.rackfocus.kafka.ImagePacking;
import io.github.rackfocus.kafka.KafkaFrameConfig;
import io.github.rackfocus.kafka.KafkaSinkConfig;
import io.github.rackfocus.sink.FileSinkOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where depth maps go.
 *
 * @param queueDepth maps that wait for a sink at most
 * @param files the file sink, or null where it is off
 * @param kafka the Kafka sink, or null where it is off
 * @param frames where camera frames go for workers, or null where they don't
 */
public record SinkSettings(
    int queueDepth,
    @Nullable FileSinkOptions files,
    @Nullable KafkaSinkConfig kafka,
    @Nullable KafkaFrameConfig frames) {

  static SinkSettings read(Settings settings) {
    int depth = settings.integer("queueDepth", 4, 1, 64, "maps", "that wait for a slow sink, each");
    FileSinkOptions files =
        files(settings.section("files", "a folder a map: depth, pictures, report"));
    Settings section = settings.section("kafka", "Protobuf records for planners");
    boolean maps = section.flag("enabled", false, "whether maps are sent");
    KafkaSinkConfig kafka = kafka(section);
    KafkaFrameConfig frames = frames(section, kafka);
    return new SinkSettings(depth, files, maps ? kafka : null, frames);
  }

  private static @Nullable FileSinkOptions files(Settings files) {
    boolean enabled = files.flag("enabled", false, "whether maps are written");
    String folder = files.text("folder", "out", "a folder", "made where it is missing");
    int every = files.integer("every", 1, 1, 1_000_000, "maps", "one of so many is written");
    int keep = files.integer("keepLast", 0, 0, 1_000_000, "maps", "that are kept; 0: all");
    return enabled ? new FileSinkOptions(Path.of(folder), every, keep) : null;
  }

  private static @Nullable KafkaFrameConfig frames(
      Settings kafka, @Nullable KafkaSinkConfig connection) {
    boolean enabled =
        kafka.flag("frames", false, "send camera frames too, for 'rackfocus worker' to take");
    String topic = kafka.text("framesTopic", KafkaFrameConfig.DEFAULT_TOPIC, "a topic", "for them");
    ImagePacking packing =
        kafka.choice("framePacking", ImagePacking.PNG, "lossless; zstd is larger and quicker");
    return enabled && connection != null
        ? new KafkaFrameConfig(connection.forTopic(topic), packing, KafkaFrameConfig.DEFAULT_QUEUE)
        : null;
  }

  private static @Nullable KafkaSinkConfig kafka(Settings kafka) {
    KafkaSinkConfig byDefault = KafkaSinkConfig.of("localhost:9092");
    String servers =
        kafka.text("bootstrapServers", "localhost:9092", "host:port, comma separated", "brokers");
    String topic = kafka.text("topic", byDefault.topic(), "a topic", "for depth maps");
    boolean create = kafka.flag("createTopics", false, "make the topic where it is missing");
    boolean uncertainty = kafka.flag("uncertainty", true, "send one sigma beside the depth");
    double delivery =
        kafka.number(
            "deliveryTimeout",
            byDefault.deliveryTimeout().toSeconds(),
            1,
            86_400,
            "s",
            "after which a map that no broker took is given up and counted");
    int outstanding =
        kafka.integer(
            "maxOutstanding",
            byDefault.maxOutstandingRecords(),
            1,
            100_000,
            "maps",
            "sent and not acknowledged");
    var properties = kafka.map("properties", "passed to Kafka's producer: TLS, SASL, compression");
    try {
      return new KafkaSinkConfig(
          servers,
          topic,
          create,
          byDefault.packing(),
          uncertainty,
          byDefault.maxBlock(),
          Duration.ofMillis(Math.round(1000 * delivery)),
          byDefault.closeTimeout(),
          outstanding,
          byDefault.maxOutstandingBytes(),
          byDefault.maxRecordBytes(),
          properties);
    } catch (IllegalArgumentException e) {
      kafka.reject("properties", Reason.of(e));
      return null;
    }
  }
}
