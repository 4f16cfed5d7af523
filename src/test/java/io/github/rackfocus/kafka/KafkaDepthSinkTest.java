package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.depth.DepthMap;
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
    KafkaSinkCounts counts = sink.counts();
    assertThat(counts.sent()).isEqualTo(20);
    assertThat(counts.acknowledged()).isEqualTo(20);
    assertThat(counts.outstandingBytes()).isZero();
    assertThat(counts.failedByCause()).isEmpty();
  }

  @Test
  void shouldCarryCloudEventsHeaders() throws Exception {
    broker.createTopic("headers", 1);
    try (KafkaDepthSink sink = new KafkaDepthSink(to("headers"), CAMERA)) {
      send(sink, 7, 1);
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
    KafkaDepthSink sink = new KafkaDepthSink(creating(to("made-by-the-sink")), CAMERA);
    try (sink) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            send(sink, 0, 1);
            return sink.counts().acknowledged() > 0;
          });
    }
    assertThat(read("made-by-the-sink")).isNotEmpty();
  }

  @Test
  void shouldLeaveATopicAloneThatIsThere() throws Exception {
    broker.createTopic("there", 2);
    try (KafkaDepthSink sink = new KafkaDepthSink(creating(to("there")), CAMERA)) {
      send(sink, 0, 1);
    }
    assertThat(read("there")).hasSize(1);
  }

  @Test
  void shouldCountMapsForATopicThatIsNotThereAsFailed() throws Exception {
    KafkaDepthSink sink = new KafkaDepthSink(to("nowhere"), CAMERA);
    try (sink) {
      send(sink, 0, 3);
    }
    assertThat(sink.counts().sent()).isEqualTo(3);
    assertThat(sink.counts().failedByCause()).containsExactly(Map.entry("TimeoutException", 3L));
  }

  @Test
  void shouldRefuseAMapThatIsTooLargeAndCountIt() throws Exception {
    broker.createTopic("too-large", 1);
    KafkaSinkConfig plain = to("too-large");
    KafkaSinkConfig small =
        new KafkaSinkConfig(
            plain.bootstrapServers(),
            plain.topic(),
            false,
            DepthPacking.RAW16,
            true,
            plain.maxBlock(),
            plain.deliveryTimeout(),
            plain.closeTimeout(),
            64,
            1 << 20,
            16 << 10,
            Map.of());
    KafkaDepthSink sink = new KafkaDepthSink(small, CAMERA);
    try (sink;
        DepthMap large = TestDepthMaps.scene(160, 64, STAMP, 0)) {
      assertThatThrownBy(() -> sink.accept(large))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("expected at most 15360; raise maxRecordBytes");
      send(sink, 1, 1);
    }
    assertThat(sink.counts().tooLarge()).isEqualTo(1);
    assertThat(sink.counts().acknowledged()).isEqualTo(1);
  }

  @Test
  void shouldCountARecordThatTheTopicRefuses() throws Exception {
    broker.createTopic("narrow", 1);
    broker.configureTopic("narrow", "max.message.bytes", "100");
    KafkaDepthSink sink = new KafkaDepthSink(to("narrow"), CAMERA);
    try (sink) {
      send(sink, 0, 2);
    }
    assertThat(sink.counts().failedByCause())
        .containsExactly(Map.entry("RecordTooLargeException", 2L));
  }

  @Test
  void shouldGoOnWithoutABroker() throws Exception {
    KafkaSinkConfig absent = KafkaSinkConfig.of("127.0.0.1:" + EmbeddedKafkaBroker.freePorts()[0]);
    KafkaDepthSink sink = new KafkaDepthSink(absent, CAMERA);
    long begin = System.nanoTime();
    try (sink) {
      send(sink, 0, 5);
    }
    // Far above 5 x maxBlock, far below what a client that blocks would take (a minute a map).
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    KafkaSinkCounts counts = sink.counts();
    assertThat(counts.sent()).isEqualTo(5);
    assertThat(counts.failed()).isEqualTo(5);
    assertThat(counts.outstanding()).isZero();
  }

  @Test
  void shouldGoOnWithABrokerThatNeverAnswers() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      KafkaDepthSink sink =
          new KafkaDepthSink(KafkaSinkConfig.of("127.0.0.1:" + mute.getLocalPort()), CAMERA);
      try (sink) {
        send(sink, 0, 3);
      }
      assertThat(sink.counts().failed()).isEqualTo(3);
    }
  }

  @Test
  void shouldGoOnWhereTheBrokersNameIsNotKnown() throws Exception {
    KafkaDepthSink sink = new KafkaDepthSink(KafkaSinkConfig.of("nobody.invalid:9092"), CAMERA);
    try (sink;
        DepthMap map = TestDepthMaps.scene(80, 32, STAMP, 0)) {
      assertThatThrownBy(() -> sink.accept(map))
          .isInstanceOf(IOException.class)
          .hasMessage("no address is known for the broker nobody.invalid:9092");
    }
    assertThat(sink.counts().refused()).isEqualTo(1);
    assertThat(sink.counts().sent()).isZero();
  }

  @Test
  void shouldRefuseSettingsThatItsPromisesRestOn() {
    assertThatThrownBy(() -> with(Map.of(ProducerConfig.ACKS_CONFIG, "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("producerProperties has acks, which the sink sets itself");
  }

  @Test
  void shouldSayWhichSettingKafkaRefuses() {
    KafkaSinkConfig wrong = with(Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zip"));
    assertThatThrownBy(() -> new KafkaDepthSink(wrong, CAMERA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("compression.type");
  }

  @Test
  void shouldNeverShowTheValuesOfProperties() {
    KafkaSinkConfig config = with(Map.of("ssl.key.password", "hunter2"));
    assertThat(config.toString()).contains("ssl.key.password").doesNotContain("hunter2");
  }

  @Test
  void shouldRefuseNamesThatWouldBreakTheKey() {
    assertThatThrownBy(() -> CameraIdentity.of("r2/x", "front"))
        .hasMessageContaining("robot name is 'r2/x'");
    assertThatThrownBy(() -> CameraIdentity.of("r2", "")).hasMessageContaining("camera name is ''");
    assertThat(CameraIdentity.of(KafkaSinkConfig.hostName(), "front").robot()).isNotBlank();
  }

  private static void send(KafkaDepthSink sink, int first, int count) throws Exception {
    for (int i = first; i < first + count; i++) {
      try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP + i, i)) {
        sink.accept(map);
      }
    }
  }

  /** Waits longer for a broker than the default, for machines with much to do. */
  private static KafkaSinkConfig to(String topic) {
    KafkaSinkConfig d = KafkaSinkConfig.of(broker.bootstrapServers());
    Duration maxBlock = topic.equals("nowhere") ? d.maxBlock() : Duration.ofSeconds(10);
    return new KafkaSinkConfig(
        d.bootstrapServers(),
        topic,
        false,
        d.packing(),
        true,
        maxBlock,
        d.deliveryTimeout(),
        Duration.ofSeconds(30),
        64,
        d.maxOutstandingBytes(),
        d.maxRecordBytes(),
        Map.of());
  }

  private static KafkaSinkConfig creating(KafkaSinkConfig d) {
    return new KafkaSinkConfig(
        d.bootstrapServers(),
        d.topic(),
        true,
        d.packing(),
        true,
        d.maxBlock(),
        d.deliveryTimeout(),
        d.closeTimeout(),
        64,
        d.maxOutstandingBytes(),
        d.maxRecordBytes(),
        Map.of());
  }

  private static KafkaSinkConfig with(Map<String, String> properties) {
    KafkaSinkConfig d = KafkaSinkConfig.of("127.0.0.1:9");
    return new KafkaSinkConfig(
        d.bootstrapServers(),
        d.topic(),
        false,
        d.packing(),
        true,
        d.maxBlock(),
        d.deliveryTimeout(),
        d.closeTimeout(),
        64,
        d.maxOutstandingBytes(),
        d.maxRecordBytes(),
        properties);
  }

  private static List<ConsumerRecord<String, byte[]>> read(String topic) {
    return TopicReader.readAll(broker.bootstrapServers(), topic);
  }
}
