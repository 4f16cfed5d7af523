package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, in a process of its own, is killed and comes back. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KafkaOutageIT {
  private static final String TOPIC = "rackfocus.depth.v1";
  private static final long STAMP = 1_763_640_000_000_000_000L;
  private static final int BOUND = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private final List<String> taken = new ArrayList<>();
  private long next;
  private long longestAcceptNanos;

  @Test
  void shouldDeliverWhatItTookBeforeAndDuringAnOutage() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder)) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink sink = new KafkaDepthSink(config(broker, Duration.ofMinutes(4)), camera());
      try (sink) {
        offer(sink, 5);
        await().atMost(PATIENCE).until(() -> sink.counts().acknowledged() == taken.size());

        for (int outage = 1; outage <= 2; outage++) {
          broker.kill();
          long refusedBefore = sink.counts().refused();
          offer(sink, BOUND + 4);
          assertThat(sink.counts().outstanding()).isEqualTo(BOUND);
          assertThat(sink.counts().refused() - refusedBefore).isEqualTo(4);
          broker.start();
          await().atMost(PATIENCE).until(() -> sink.counts().outstanding() == 0);
          offer(sink, 5);
          await().atMost(PATIENCE).until(() -> sink.counts().outstanding() == 0);
        }
      }
      KafkaSinkCounts counts = sink.counts();
      assertThat(counts.sent()).isEqualTo(taken.size());
      assertThat(counts.failedByCause()).isEmpty();
      assertThat(counts.acknowledged()).isEqualTo(counts.sent());
      // Each once and in order: the producer is idempotent.
      assertThat(idsIn(broker)).containsExactlyElementsOf(taken);
      assertThat(Duration.ofNanos(longestAcceptNanos)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void shouldCountWhatAnOutageLongerThanItsPatienceCost() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder)) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink sink = new KafkaDepthSink(config(broker, Duration.ofSeconds(2)), camera());
      try (sink) {
        await()
            .atMost(PATIENCE)
            .until(() -> {
              offer(sink, 1);
              return sink.counts().acknowledged() > 0;
            });
        broker.kill();
        offer(sink, 3);
        await().atMost(PATIENCE).until(() -> sink.counts().outstanding() == 0);
        assertThat(sink.counts().failed()).isGreaterThanOrEqualTo(3);
        broker.start();
        long before = sink.counts().acknowledged();
        await()
            .atMost(PATIENCE)
            .until(() -> {
              offer(sink, 1);
              return sink.counts().acknowledged() > before;
            });
      }
      KafkaSinkCounts counts = sink.counts();
      assertThat(counts.sent()).isEqualTo(counts.acknowledged() + counts.failed());
      assertThat(counts.outstanding()).isZero();
      assertThat(counts.failedByCause()).containsKey("TimeoutException");
      // A record may have arrived whose acknowledgement did not.
      assertThat(idsIn(broker)).doesNotHaveDuplicates();
      assertThat((long) idsIn(broker).size()).isBetween(counts.acknowledged(), counts.sent());
    }
  }

  @Test
  void shouldEndInTimeWhileTheBrokerIsAway() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder)) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink sink = new KafkaDepthSink(config(broker, Duration.ofMinutes(4)), camera());
      offer(sink, 2);
      await().atMost(PATIENCE).until(() -> sink.counts().acknowledged() == 2);
      broker.kill();
      offer(sink, 3);
      long begin = System.nanoTime();
      sink.close();
      // closeTimeout is 5 s; the delivery would be tried for 4 minutes.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
      assertThat(sink.counts().failed()).isEqualTo(3);
      assertThat(sink.counts().outstanding()).isZero();
    }
  }

  private static CameraIdentity camera() {
    return CameraIdentity.of("r2", "front");
  }

  private static KafkaSinkConfig config(BrokerProcess broker, Duration deliveryTimeout) {
    KafkaSinkConfig d = KafkaSinkConfig.of(broker.bootstrapServers());
    return new KafkaSinkConfig(
        d.bootstrapServers(),
        TOPIC,
        false,
        d.packing(),
        true,
        Duration.ofSeconds(5),
        deliveryTimeout,
        d.closeTimeout(),
        BOUND,
        d.maxOutstandingBytes(),
        d.maxRecordBytes(),
        Map.of());
  }

  private void offer(KafkaDepthSink sink, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      long sequence = next++;
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP + sequence, sequence)) {
        long begin = System.nanoTime();
        long sentBefore = sink.counts().sent();
        try {
          sink.accept(map);
        } catch (IOException e) {
          assertThat(sink.counts().sent()).as(e.getMessage()).isEqualTo(sentBefore);
          continue;
        } finally {
          longestAcceptNanos = Math.max(longestAcceptNanos, System.nanoTime() - begin);
        }
        taken.add((STAMP + sequence) + "-" + sequence);
      }
    }
  }

  private static List<String> idsIn(BrokerProcess broker) {
    List<ConsumerRecord<String, byte[]>> records =
        TopicReader.readAll(broker.bootstrapServers(), TOPIC);
    return records.stream().map(record -> TopicReader.header(record, "ce_id")).toList();
  }
}
