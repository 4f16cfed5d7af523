package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A spool on a disk that is full: a small tmpfs, which only root may mount. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class FullDiskIT {
  private static final long STAMP = 1_763_640_000_000_000_000L;

  @TempDir Path folder;
  private Path disk;
  private final List<String> offered = new ArrayList<>();

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString()) == 0,
        "a tmpfs can't be mounted here: that takes root");
  }

  @AfterEach
  void unmount() throws Exception {
    command("umount", disk.toString());
  }

  @Test
  void shouldCountExactlyWhatAFullDiskCosts() throws Exception {
    try (BrokerProcess broker = broker()) {
      broker.start();
      broker.createTopic(TopicSpec.DEPTH.name());
      KafkaDepthSink sink = sink(broker);
      try (sink) {
        offer(sink, 5);
        awaitEmpty(sink);
        broker.kill();
        offer(sink, 400);
        assertThat(sink.counts().lostByCause()).containsOnlyKeys("diskFull");
        broker.start();
        awaitEmpty(sink);
        offer(sink, 5);
        awaitEmpty(sink);
      }
      PublisherCounts counts = sink.counts();
      List<String> arrived = arrived(broker);
      assertThat(arrived).hasSize((int) (offered.size() - counts.lost()));
      List<String> expected = new ArrayList<>(offered);
      expected.retainAll(arrived);
      assertThat(arrived).isEqualTo(expected).endsWith(offered.get(offered.size() - 1));
      assertThat(counts.lost()).isLessThan(400);
    }
  }

  @Test
  void shouldDeliverThroughMemoryWhereSomebodyElseFilledTheDisk() throws Exception {
    try (BrokerProcess broker = broker()) {
      broker.start();
      broker.createTopic(TopicSpec.DEPTH.name());
      KafkaDepthSink sink = sink(broker);
      try (sink) {
        offer(sink, 3);
        awaitEmpty(sink);
        fill(disk.resolve("somebody-elses"));
        for (int i = 0; i < 20; i++) {
          offer(sink, 1);
          awaitEmpty(sink);
        }
      }
      assertThat(sink.counts().lostByCause()).isEmpty();
      assertThat(arrived(broker)).isEqualTo(offered);
    }
  }

  private BrokerProcess broker() throws IOException {
    return new BrokerProcess(folder.resolve("broker"), BrokerProcess.SHORT_SESSION);
  }

  private KafkaDepthSink sink(BrokerProcess broker) throws IOException {
    KafkaClientConfig settings =
        KafkaClientConfig.of(broker.bootstrapServers()).withSpool(SpoolConfig.in(disk));
    return new KafkaDepthSink(KafkaDepthSinkConfig.of(settings), CameraIdentity.of("r2", "front"));
  }

  private void offer(KafkaDepthSink sink, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      long sequence = offered.size();
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP + sequence, sequence)) {
        sink.accept(map);
        offered.add(DepthRecord.idOf(map.info()));
      }
    }
  }

  private static void awaitEmpty(KafkaDepthSink sink) {
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            sink.counts().pending().waiting() == 0 && sink.counts().pending().inFlight() == 0);
  }

  private static List<String> arrived(BrokerProcess broker) {
    LinkedHashSet<String> ids = new LinkedHashSet<>();
    TopicReader.readAll(broker.bootstrapServers(), TopicSpec.DEPTH.name())
        .forEach(record -> ids.add(TopicReader.header(record, "ce_id")));
    return List.copyOf(ids);
  }

  private static void fill(Path file) throws IOException {
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static int command(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
