package io.github.rackfocus.config;

import io.github.rackfocus.sink.FileSinkConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Configures where depth maps go.
 *
 * @param queueDepth maximum number of maps that wait for a sink
 * @param files the file sink, or null if it is off
 * @param kafka what is sent to Kafka, or null for nothing
 */
public record SinkConfig(
    int queueDepth, @Nullable FileSinkConfig files, @Nullable KafkaConfig kafka) {

  static SinkConfig read(ConfigSection sinks) {
    int depth = sinks.integer("queueDepth", 4, 1, 64, "maps", "Queue length of each sink");
    return new SinkConfig(
        depth,
        files(sinks.section("files", "One folder per map: depth, images and a report.")),
        KafkaConfig.read(sinks.section("kafka", "Protobuf records for planners.")));
  }

  private static @Nullable FileSinkConfig files(ConfigSection files) {
    boolean enabled = files.flag("enabled", false, "Whether maps are written");
    String folder = files.text("folder", "out", "", "Folder, created if missing");
    int every = files.integer("every", 1, 1, 1_000_000, "maps", "One of every n maps is written");
    int keep = files.integer("keepLast", 0, 0, 1_000_000, "maps", "Number of maps kept; 0: all");
    return enabled ? new FileSinkConfig(Path.of(folder), every, keep) : null;
  }
}
