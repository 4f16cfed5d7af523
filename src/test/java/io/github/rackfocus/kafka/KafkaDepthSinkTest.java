package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.DepthFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KafkaDepthSinkTest {
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafkaBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedKafkaBroker.start();
  }

  @AfterAll
  static void stopBroker() throws IOException {
    broker.close();
  }

  @Test
  void shouldDeliverEveryMapUnderItsCamerasKey() throws Exception {
    broker.createTopic("every-map", 3);
    Instant sending = Instant.parse("2026-11-20T12:00:00.500Z");
    KafkaDepthSink sink = new KafkaDepthSink(to("every-map"), CAMERA, InstantSource.fixed(sending));
    try (sink) {
      send(sink, 0, 20);
      awaitAcknowledged(sink, 20);
    }
    List<ConsumerRecord<String, byte[]>> records = read("every-map");
    assertThat(records).hasSize(20);
    assertThat(records)
        .extracting(ConsumerRecord::partition)
        .containsOnly(records.get(0).partition());
    for (int i = 0; i < records.size(); i++) {
      ConsumerRecord<String, byte[]> record = records.get(i);
      assertThat(record.key()).isEqualTo("r2/front");
      assertThat(record.timestamp()).isEqualTo(sending.toEpochMilli());
      assertThat(TopicReader.header(record, "ce_id")).isEqualTo((STAMP + i) + "-" + i);
      DepthFrame frame = DepthFrame.parseFrom(record.value());
      assertThat(frame.getSequence()).isEqualTo(i);
      assertThat(frame.getStampNs()).isEqualTo(STAMP + i);
    }
    PublisherCounts counts = sink.counts();
    assertThat(counts.offered()).isEqualTo(20);
    assertThat(counts.acknowledged()).isEqualTo(20);
    assertThat(counts.pending().backlogBytes()).isZero();
    assertThat(counts.lostByCause()).isEmpty();
    assertThat(counts.delivery().p50Millis()).isPositive();
  }

  @Test
  void shouldCarryCloudEventsHeaders() throws Exception {
    broker.createTopic("headers", 1);
    try (KafkaDepthSink sink = new KafkaDepthSink(to("headers"), CAMERA)) {
      send(sink, 7, 1);
      awaitAcknowledged(sink, 1);
    }
    ConsumerRecord<String, byte[]> record = read("headers").get(0);
    assertThat(record.headers()).hasSize(6);
    assertThat(TopicReader.header(record, "ce_specversion")).isEqualTo("1.0");
    assertThat(TopicReader.header(record, "ce_type")).isEqualTo("rackfocus.depth.v1");
    assertThat(TopicReader.header(record, "ce_source")).isEqualTo("/r2/front");
    assertThat(TopicReader.header(record, "ce_id")).isEqualTo("1763640000123456796-7");
    assertThat(TopicReader.header(record, "ce_time")).isEqualTo("2025-11-20T12:00:00.123456796Z");
    assertThat(TopicReader.header(record, "content-type")).isEqualTo("application/protobuf");
  }

  @Test
  void shouldBeReadByKcat() throws Exception {
    Path kcat = Path.of("/usr/bin/kcat");
    assumeTrue(Files.isExecutable(kcat), "kcat is not installed");
    broker.createTopic("kcat", 1);
    try (KafkaDepthSink sink = new KafkaDepthSink(to("kcat"), CAMERA)) {
      send(sink, 0, 5);
      awaitAcknowledged(sink, 5);
    }
    Process process =
        new ProcessBuilder(
                kcat.toString(),
                "-C",
                "-e",
                "-q",
                "-b",
                broker.bootstrapServers(),
                "-t",
                "kcat",
                "-f",
                "%k|%h\\n")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said.lines()).hasSize(5);
    assertThat(said.lines().skip(4).findFirst().orElseThrow())
        .isEqualTo(
            "r2/front|ce_specversion=1.0,ce_type=rackfocus.depth.v1,ce_source=/r2/front,"
                + "ce_id=1763640000123456793-4,ce_time=2025-11-20T12:00:00.123456793Z,"
                + "content-type=application/protobuf");
  }

  @Test
  void shouldCreateItsTopicWhereThatIsWanted() throws Exception {
    KafkaDepthSink sink = new KafkaDepthSink(creating("made-by-the-sink"), CAMERA);
    try (sink) {
      send(sink, 0, 1);
      awaitAcknowledged(sink, 1);
    }
    assertThat(read("made-by-the-sink")).hasSize(1);
    assertThat(broker.topicSetting("made-by-the-sink", "retention.ms")).isEqualTo("600000");
  }

  @Test
  void shouldLeaveATopicAloneThatIsThere() throws Exception {
    broker.createTopic("there", 2);
    try (KafkaDepthSink sink = new KafkaDepthSink(creating("there"), CAMERA)) {
      send(sink, 0, 1);
      awaitAcknowledged(sink, 1);
    }
    assertThat(read("there")).hasSize(1);
  }

  @Test
  void shouldKeepTheNewestForATopicThatIsNotThereAndCountTheOthers() throws Exception {
    KafkaDepthSinkConfig nowhere =
        KafkaDepthSinkConfig.of(
                KafkaClientConfig.of(broker.bootstrapServers())
                    .withBounds(new KafkaClientConfig.Bounds(3, 2, 1 << 20)))
            .withTopic(TopicSpec.DEPTH.named("nowhere"));
    KafkaDepthSink sink = new KafkaDepthSink(nowhere, CAMERA);
    try (sink) {
      send(sink, 0, 5);
      assertThat(sink.counts().lostByCause()).containsExactly(Map.entry("queueFull", 2L));
      assertThat(sink.counts().pending().waiting()).isEqualTo(3);
    }
    assertThat(sink.counts().lostByCause())
        .containsExactly(Map.entry("closed", 3L), Map.entry("queueFull", 2L));
    assertThat(sink.lost()).isEqualTo(5);
  }

  @Test
  void shouldRefuseAMapThatIsTooLargeAndCountIt() throws Exception {
    broker.createTopic("too-large", 1);
    KafkaDepthSinkConfig small =
        new KafkaDepthSinkConfig(
            KafkaClientConfig.of(broker.bootstrapServers())
                .withBounds(new KafkaClientConfig.Bounds(16, 16, 16 << 10)),
            TopicSpec.DEPTH.named("too-large"),
            DepthPacking.RAW16,
            true,
            false);
    KafkaDepthSink sink = new KafkaDepthSink(small, CAMERA);
    try (sink;
        DepthMap large = TestDepthMaps.scene(160, 64, STAMP, 0)) {
      assertThatThrownBy(() -> sink.accept(large))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("expected at most 15360; raise maxRecordBytes");
      send(sink, 1, 1);
      awaitAcknowledged(sink, 1);
    }
    assertThat(sink.counts().lostByCause()).containsExactly(Map.entry("tooLarge", 1L));
    assertThat(sink.lost()).isZero();
    assertThat(sink.counts().acknowledged()).isEqualTo(1);
  }

  @Test
  void shouldLearnWhatTheTopicTakesAndCountWhatIsLarger() throws Exception {
    broker.createTopic("narrow", 1);
    broker.configureTopic("narrow", "max.message.bytes", "3000");
    KafkaDepthSink sink = new KafkaDepthSink(to("narrow"), CAMERA);
    try (sink) {
      send(sink, 0, 2);
      await().atMost(PATIENCE).until(() -> sink.counts().lost() == 2);
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP, 9)) {
        assertThatThrownBy(() -> sink.accept(map)).hasMessageContaining("expected at most 1976");
      }
    }
    assertThat(sink.counts().lostByCause()).containsExactly(Map.entry("tooLarge", 3L));
    assertThat(sink.lost()).isEqualTo(2);
  }

  @Test
  void shouldCountARecordThatTheTopicRefusesLater() throws Exception {
    broker.createTopic("narrowed", 1);
    KafkaDepthSink sink = new KafkaDepthSink(to("narrowed"), CAMERA);
    try (sink) {
      send(sink, 0, 1);
      awaitAcknowledged(sink, 1);
      broker.configureTopic("narrowed", "max.message.bytes", "100");
      send(sink, 1, 2);
      await().atMost(PATIENCE).until(() -> sink.counts().lost() == 2);
    }
    assertThat(sink.counts().lostByCause()).containsExactly(Map.entry("tooLarge", 2L));
  }

  @Test
  void shouldGoOnWithoutABroker() throws Exception {
    KafkaClientConfig absent =
        KafkaClientConfig.of("127.0.0.1:" + EmbeddedKafkaBroker.freePorts()[0]);
    assertNothingArrives(new KafkaDepthSink(KafkaDepthSinkConfig.of(absent), CAMERA));
  }

  @Test
  void shouldGoOnWithABrokerThatNeverAnswers() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertNothingArrives(
          new KafkaDepthSink(KafkaDepthSinkConfig.of("127.0.0.1:" + mute.getLocalPort()), CAMERA));
    }
  }

  @Test
  void shouldGoOnWhereTheBrokersNameIsNotKnown() throws Exception {
    assertNothingArrives(
        new KafkaDepthSink(KafkaDepthSinkConfig.of("nobody.invalid:9092"), CAMERA));
  }

  private static void assertNothingArrives(KafkaDepthSink sink) throws Exception {
    try (sink) {
      send(sink, 0, 20);
      await().atMost(PATIENCE).until(() -> sink.counts().outages().ongoing());
    }
    PublisherCounts counts = sink.counts();
    assertThat(counts.offered()).isEqualTo(20);
    assertThat(counts.lostByCause())
        .containsExactly(Map.entry("closed", 16L), Map.entry("queueFull", 4L));
    assertThat(counts.outages().count()).isEqualTo(1);
    assertThat(counts.pending().waiting() + counts.pending().inFlight()).isZero();
  }

  @Test
  void shouldRefuseSettingsThatItsPromisesRestOn() {
    assertThatThrownBy(() -> with(Map.of(ProducerConfig.ACKS_CONFIG, "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("properties has acks, which the publisher sets itself");
  }

  @Test
  void shouldSayWhichSettingKafkaRefuses() {
    KafkaClientConfig wrong = with(Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zip"));
    assertThatThrownBy(() -> new KafkaDepthSink(KafkaDepthSinkConfig.of(wrong), CAMERA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("compression.type");
  }

  @Test
  void shouldNeverShowTheValuesOfProperties() {
    KafkaClientConfig config = with(Map.of("ssl.key.password", "hunter2"));
    assertThat(config.toString()).contains("ssl.key.password").doesNotContain("hunter2");
  }

  @Test
  void shouldRefuseNamesThatWouldBreakTheKey() {
    assertThatThrownBy(() -> CameraIdentity.of("r2/x", "front"))
        .hasMessageContaining("robot name is 'r2/x'");
    assertThatThrownBy(() -> CameraIdentity.of("r2", "")).hasMessageContaining("camera name is ''");
    assertThat(CameraIdentity.of(KafkaDepthSinkConfig.hostName(), "front").robot()).isNotBlank();
  }

  private static void send(KafkaDepthSink sink, int first, int count) throws Exception {
    for (int i = first; i < first + count; i++) {
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP + i, i)) {
        sink.accept(map);
      }
    }
  }

  private static void awaitAcknowledged(KafkaDepthSink sink, long records) {
    await().atMost(PATIENCE).until(() -> sink.counts().acknowledged() == records);
  }

  /** Room for all maps of a test, however long the broker takes. */
  private static KafkaDepthSinkConfig to(String topic) {
    return KafkaDepthSinkConfig.of(
            KafkaClientConfig.of(broker.bootstrapServers())
                .withBounds(new KafkaClientConfig.Bounds(64, 16, 1 << 20)))
        .withTopic(TopicSpec.DEPTH.named(topic));
  }

  private static KafkaDepthSinkConfig creating(String topic) {
    return KafkaDepthSinkConfig.of(
            KafkaClientConfig.of(broker.bootstrapServers()).withCreateTopics(true))
        .withTopic(TopicSpec.DEPTH.named(topic));
  }

  private static KafkaClientConfig with(Map<String, String> properties) {
    return KafkaClientConfig.of("127.0.0.1:9").withProperties(properties);
  }

  private static List<ConsumerRecord<String, byte[]>> read(String topic) {
    return TopicReader.readAll(broker.bootstrapServers(), topic);
  }
}
