package io.github.rackfocus.config;

import io.github.rackfocus.sink.FileSinkConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where depth maps go.
 *
 * @param queueDepth maps that wait for a sink at most
 * @param files the file sink, or null where it is off
 * @param kafka what goes to Kafka, or null where nothing does
 */
public record SinkConfig(
    int queueDepth, @Nullable FileSinkConfig files, @Nullable KafkaConfig kafka) {

  static SinkConfig read(ConfigSection settings) {
    int depth = settings.integer("queueDepth", 4, 1, 64, "maps", "that wait for a slow sink, each");
    return new SinkConfig(
        depth,
        files(settings.section("files", "a folder a map: depth, pictures, report")),
        KafkaConfig.read(settings.section("kafka", "Protobuf records for planners")));
  }

  private static @Nullable FileSinkConfig files(ConfigSection files) {
    boolean enabled = files.flag("enabled", false, "whether maps are written");
    String folder = files.text("folder", "out", "a folder", "made where it is missing");
    int every = files.integer("every", 1, 1, 1_000_000, "maps", "one of so many is written");
    int keep = files.integer("keepLast", 0, 0, 1_000_000, "maps", "that are kept; 0: all");
    return enabled ? new FileSinkConfig(Path.of(folder), every, keep) : null;
  }
}
