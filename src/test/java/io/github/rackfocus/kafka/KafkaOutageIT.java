package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, in a process of its own, is killed, hangs, and comes back. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KafkaOutageIT {
  private static final String TOPIC = "rackfocus.depth.v1";
  private static final long STAMP = 1_763_640_000_000_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private final List<String> offered = new ArrayList<>();
  private long next;
  private long longestAcceptNanos;

  @Test
  void shouldDeliverEveryMapInOrderFromASpoolWhateverTheBrokerDoes() throws Exception {
    try (BrokerProcess broker = broker()) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink sink = new KafkaDepthSink(spooling(broker), camera());
      try (sink) {
        offer(sink, 20);
        for (int outage = 1; outage <= 2; outage++) {
          broker.kill();
          offer(sink, 40);
          broker.start();
          offer(sink, 10);
        }
        awaitEmpty(sink);
        broker.hang();
        offer(sink, 40);
        await().atMost(PATIENCE).until(() -> sink.counts().outages().ongoing());
        broker.goOn();
        awaitEmpty(sink);
        offer(sink, 10);
        awaitEmpty(sink);
      }
      PublisherCounts counts = sink.counts();
      assertThat(counts.lostByCause()).isEmpty();
      assertThat(counts.acknowledged()).isEqualTo(offered.size());
      assertThat(firstArrivals(broker)).containsExactlyElementsOf(offered);
      assertThat(Duration.ofNanos(longestAcceptNanos)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void shouldCountExactlyWhatIsLostWhereTheFreshestMatter() throws Exception {
    try (BrokerProcess broker = broker()) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink sink =
          new KafkaDepthSink(
              KafkaDepthSinkConfig.of(
                  KafkaClientConfig.of(broker.bootstrapServers())
                      .withBounds(new KafkaClientConfig.Bounds(8, 4, 1 << 20))),
              camera());
      try (sink) {
        offer(sink, 5);
        awaitEmpty(sink);
        broker.kill();
        offer(sink, 50);
        assertThat(sink.counts().pending().waiting() + sink.counts().pending().inFlight())
            .isLessThanOrEqualTo(12);
        broker.start();
        awaitEmpty(sink);
        broker.hang();
        offer(sink, 50);
        broker.goOn();
        awaitEmpty(sink);
      }
      PublisherCounts counts = sink.counts();
      assertThat(counts.lost()).isPositive();
      assertThat(counts.lostByCause()).containsOnlyKeys("queueFull");
      List<String> arrived = firstArrivals(broker);
      assertThat(arrived).hasSize((int) (offered.size() - counts.lost()));
      // In order, and the newest among them.
      List<String> expected = new ArrayList<>(offered);
      expected.retainAll(arrived);
      assertThat(arrived).isEqualTo(expected).endsWith(offered.get(offered.size() - 1));
    }
  }

  @Test
  void shouldLeaveInTheSpoolWhatABrokerThatIsAwayCouldNotTake() throws Exception {
    try (BrokerProcess broker = broker()) {
      broker.start();
      broker.createTopic(TOPIC);
      KafkaDepthSink first = new KafkaDepthSink(spooling(broker), camera());
      try (first) {
        offer(first, 5);
        awaitEmpty(first);
        broker.kill();
        offer(first, 30);
      }
      assertThat(first.counts().lostByCause()).isEmpty();
      assertThat(first.counts().pending().waiting()).isEqualTo(30);
      broker.start();
      KafkaDepthSink second = new KafkaDepthSink(spooling(broker), camera());
      try (second) {
        offer(second, 5);
        awaitEmpty(second);
      }
      assertThat(second.counts().recovered()).isEqualTo(30);
      assertThat(second.counts().acknowledged()).isEqualTo(35);
      assertThat(firstArrivals(broker)).containsExactlyElementsOf(offered);
    }
  }

  private BrokerProcess broker() throws IOException {
    return new BrokerProcess(folder.resolve("broker"), BrokerProcess.SHORT_SESSION);
  }

  private static void awaitEmpty(KafkaDepthSink sink) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            sink.counts().pending().waiting() == 0 && sink.counts().pending().inFlight() == 0);
  }

  private static CameraIdentity camera() {
    return CameraIdentity.of("r2", "front");
  }

  private KafkaDepthSinkConfig spooling(BrokerProcess broker) {
    return KafkaDepthSinkConfig.of(
        KafkaClientConfig.of(broker.bootstrapServers())
            .withSpool(SpoolConfig.in(folder.resolve("spool")))
            .withProperties(Map.of("request.timeout.ms", "2000")));
  }

  private void offer(KafkaDepthSink sink, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      long sequence = next++;
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP + sequence, sequence)) {
        long begin = System.nanoTime();
        sink.accept(map);
        longestAcceptNanos = Math.max(longestAcceptNanos, System.nanoTime() - begin);
        offered.add((STAMP + sequence) + "-" + sequence);
      }
    }
  }

  /** The ids on the topic without their repetitions, as a consumer sees them. */
  private static List<String> firstArrivals(BrokerProcess broker) {
    LinkedHashSet<String> ids = new LinkedHashSet<>();
    TopicReader.readAll(broker.bootstrapServers(), TOPIC)
        .forEach(record -> ids.add(TopicReader.header(record, "ce_id")));
    return List.copyOf(ids);
  }
}
