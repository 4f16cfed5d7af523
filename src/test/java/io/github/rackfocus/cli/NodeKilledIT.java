package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.kafka.TopicTail;
import io.github.rackfocus.kafka.spool.SpoolContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a node in its own process with SIGKILL while its spool is full. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NodeKilledIT {
  private static final long SPOOL_BYTES = 1 << 20;

  @TempDir Path folder;

  @Test
  void shouldDeliverTheWholeSpoolAfterARestart() throws Exception {
    Path spool = folder.resolve("spool").resolve(TopicSpec.DEPTH.name());
    Process first = start("127.0.0.1:1", 1); // No broker there.
    try {
      // Full: the oldest file has been deleted.
      await()
          .atMost(Duration.ofSeconds(120))
          .until(() -> firstIndex(spool) > 0 && bytes(spool) > SPOOL_BYTES * 8 / 10);
    } finally {
      first.destroyForcibly().waitFor();
    }
    List<String> spooled = SpoolContents.ids(copyOf(spool));
    assertThat(spooled).hasSizeGreaterThan(20).doesNotHaveDuplicates();
    try (EmbeddedKafkaBroker broker = EmbeddedKafkaBroker.start()) {
      broker.createTopic(TopicSpec.DEPTH.name(), 1);
      Process second = start(broker.bootstrapServers(), 64); // Room for new maps too.
      try {
        Set<String> arrived = new LinkedHashSet<>();
        try (TopicTail tail =
            new TopicTail(
                KafkaClientConfig.of(broker.bootstrapServers()),
                List.of(TopicSpec.DEPTH.name()),
                true)) {
          while (arrived.size() <= spooled.size()) {
            tail.poll(Duration.ofMillis(200)).forEach(found -> arrived.add(found.id()));
          }
        }
        // All maps of the first run, in order, before those of the second.
        assertThat(List.copyOf(arrived).subList(0, spooled.size())).isEqualTo(spooled);
      } finally {
        second.destroyForcibly().waitFor();
      }
    }
  }

  private Process start(String servers, int spoolMib) throws IOException {
    Path configuration = folder.resolve("node.yaml");
    Files.writeString(
        configuration,
        String.format(
            Locale.ROOT,
            """
            robot: r2
            camera: front
            source: {kind: simulated, simulated: {width: 160, height: 120, rate: 30, planes: 5}}
            model: {name: sml, threads: 1}
            sinks:
              kafka:
                enabled: true
                bootstrapServers: "%s"
                onOutage: spool
                spool: {folder: "%s", maxMiB: %d}
                health: {enabled: false}
            """,
            servers,
            folder.resolve("spool"),
            spoolMib));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            "io.github.rackfocus.cli.Rackfocus",
            "run",
            "--config",
            configuration.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("node.log").toFile()))
        .start();
  }

  private Path copyOf(Path spool) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(spool)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static long firstIndex(Path spool) throws IOException {
    return segments(spool).stream()
        .map(file -> file.getFileName().toString())
        .sorted()
        .findFirst()
        .map(name -> Long.parseLong(name.substring(0, 20)))
        .orElse(0L);
  }

  private static long bytes(Path spool) throws IOException {
    long bytes = 0;
    for (Path file : segments(spool)) {
      bytes += file.toFile().length();
    }
    return bytes;
  }

  private static List<Path> segments(Path spool) throws IOException {
    if (!Files.isDirectory(spool)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(spool)) {
      return new ArrayList<>(files.filter(file -> file.toString().endsWith(".spool")).toList());
    }
  }
}
