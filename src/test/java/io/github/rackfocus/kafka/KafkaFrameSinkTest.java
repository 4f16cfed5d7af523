package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.ImagePacking;
import io.github.rackfocus.kafka.codec.ReceivedFrame;
import io.github.rackfocus.sink.SinkCounters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KafkaFrameSinkTest {
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final double[] PLANES = {1, 2, 3};
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");
  private static final Instant SENDING = Instant.parse("2026-11-20T12:00:00.500Z");

  private static EmbeddedKafkaBroker broker;

  private final FramePool pool = new FramePool(12);

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedKafkaBroker.start();
  }

  @AfterAll
  static void stopBroker() throws IOException {
    broker.close();
  }

  @AfterEach
  void shouldHaveClosedEveryFrame() {
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldDeliverEveryFrameWithItsReadingUnderItsCamerasKey() throws Exception {
    broker.createTopic("frames", 3);
    KafkaFrameSink sink = sink(broker.bootstrapServers(), "frames", 1 << 20, 8);
    for (int i = 0; i < 20; i++) {
      offer(sink, i, 64);
      long done = i + 1;
      await().until(() -> sink.acknowledged() == done);
    }
    sink.close();
    List<ConsumerRecord<String, byte[]>> records =
        TopicReader.readAll(broker.bootstrapServers(), "frames");
    assertThat(records).hasSize(20);
    for (int i = 0; i < 20; i++) {
      ConsumerRecord<String, byte[]> record = records.get(i);
      assertThat(record.key()).isEqualTo("r2/front");
      assertThat(record.timestamp()).isEqualTo(SENDING.toEpochMilli());
      assertThat(TopicReader.header(record, "ce_type")).isEqualTo("rackfocus.frames.v1");
      assertThat(TopicReader.header(record, "ce_source")).isEqualTo("/r2/front");
      assertThat(TopicReader.header(record, "ce_id"))
          .isEqualTo((STAMP + i) + "-" + (STAMP + i) / 1000);
      ReceivedFrame frame = CameraFrameCodec.parse(record.value(), 1 << 20);
      assertThat(frame.reading().focus()).isEqualTo(1 + i % 3);
    }
    assertThat(sink.counters())
        .isEqualTo(new SinkCounters("kafka-frames", 20, 20, 0, 0, 0, Map.of()));
  }

  @Test
  void shouldRefuseAndCountWhatIsTooLargeOrHasNoReading() throws Exception {
    broker.createTopic("small", 1);
    KafkaFrameSink sink = sink(broker.bootstrapServers(), "small", 8_192, 8);
    offer(sink, 0, 200);
    try (Frame blind = TestFrames.of(pool, 8, 8, (x, y) -> 1, STAMP, FocusReading.NONE)) {
      sink.offer(blind);
    }
    offer(sink, 1, 16);
    await().until(() -> sink.acknowledged() == 1);
    sink.close();
    assertThat(sink.counters())
        .isEqualTo(new SinkCounters("kafka-frames", 3, 1, 0, 2, 0, Map.of("tooLarge", 1L)));
  }

  @Test
  void shouldCountEveryFrameThatAnAbsentBrokerCosts() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    KafkaFrameSink sink = sink("127.0.0.1:" + port, "away", 1 << 20, 2);
    for (int i = 0; i < 40; i++) {
      offer(sink, i, 16);
    }
    sink.close();
    SinkCounters counts = sink.counters();
    assertThat(counts.offered()).isEqualTo(40);
    assertThat(counts.delivered() + counts.dropped() + counts.failed()).isEqualTo(40);
    assertThat(counts.lost()).isEqualTo(counts.delivered());
    assertThat(sink.acknowledged()).isZero();
  }

  private void offer(KafkaFrameSink sink, int number, int side) {
    try (Frame frame =
        TestFrames.of(
            pool,
            side,
            side,
            (x, y) -> (x * 7919 + y * 104_729 + x * y) % 251,
            STAMP + number,
            FocusReading.at(1 + number % 3))) {
      sink.offer(frame);
    }
  }

  private static KafkaFrameSink sink(String servers, String topic, int maxBytes, int queue)
      throws IOException {
    KafkaClientConfig kafka =
        KafkaClientConfig.of(servers).withBounds(new KafkaClientConfig.Bounds(queue, 16, maxBytes));
    CameraFrameCodec codec = new CameraFrameCodec(FocusScale.DIOPTRE, PLANES, 0, ImagePacking.PNG);
    return new KafkaFrameSink(
        new KafkaFrameSinkConfig(kafka, TopicSpec.FRAMES.named(topic), ImagePacking.PNG, 4),
        frame -> CAMERA,
        codec,
        InstantSource.fixed(SENDING));
  }
}
