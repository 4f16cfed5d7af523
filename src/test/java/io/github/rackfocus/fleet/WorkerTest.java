package io.github.rackfocus.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.v1.CameraFrame;
import io.github.rackfocus.v1.Health;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WorkerTest {
  private static final String DEAD = "rackfocus.dead-letter.v1";
  private static final String HEALTH = "rackfocus.health.v1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TestFleet fleet = new TestFleet();
  private final AtomicLong aheadNanos = new AtomicLong();
  private final AtomicLong clockReads = new AtomicLong();
  private EmbeddedKafkaBroker broker;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void startBroker() throws Exception {
    broker = EmbeddedKafkaBroker.start();
    broker.createTopic(TestFleet.FRAMES, 1);
    broker.createTopic(TestFleet.DEPTH, 1);
    broker.createTopic(DEAD, 1);
    broker.createTopic(HEALTH, 1);
    producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stopBroker() throws IOException {
    producer.close();
    broker.close();
  }

  @Test
  void shouldGoOnWhereAnotherWorkerLeftWithEqualDepth() throws Exception {
    send(0, 0, 20);
    send(1, 0, 20);
    WorkerHealth first = runUntil(40, "whenBehind: all", "queueDepth: 16");
    assertThat(first.frames().read()).isEqualTo(40);
    assertThat(first.frames().assembling()).isEqualTo(8);
    assertThat(first.maps().acknowledged()).isEqualTo(32);

    send(0, 20, 30);
    send(1, 20, 30);
    WorkerHealth second = runUntil(20, "whenBehind: all", "queueDepth: 16");
    assertThat(second.frames().read()).isEqualTo(20);
    assertThat(second.frames().readBack()).isBetween(2L * TestFleet.PLANES, 40L);
    assertThat(second.frames().assembling()).isZero();
    assertThat(second.maps().acknowledged()).isEqualTo(20);

    List<ConsumerRecord<byte[], byte[]>> records = read(TestFleet.DEPTH);
    assertThat(records).hasSize(52);
    for (int camera = 0; camera < 2; camera++) {
      String key = TestFleet.camera(camera).key();
      List<String> ids = new ArrayList<>();
      Map<String, byte[]> expected = fleet.depthOf(camera, 30);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (text(record.key()).equals(key)) {
          String id = header(record, "ce_id");
          ids.add(id);
          assertThat(record.value()).as(id).isEqualTo(expected.get(id));
        }
      }
      assertThat(ids).containsExactlyElementsOf(expected.keySet());
    }
  }

  @Test
  void shouldCountWhatIsNoFrameAndGoOn() throws Exception {
    byte[] good = fleet.frame(0, 0);
    List<ProducerRecord<byte[], byte[]>> bad =
        List.of(
            TestFleet.record("robot0/front", Arrays.copyOf(good, 100), TestFleet.FRAMES),
            TestFleet.record("robot0/front", new byte[] {1, 2, 3}, TestFleet.FRAMES),
            TestFleet.record("robot0/front", new byte[0], TestFleet.FRAMES),
            TestFleet.record("robot1/front", good, TestFleet.FRAMES),
            TestFleet.record(
                "robot0/front", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8), "com.example.other"),
            TestFleet.record("robot0/front", changed(good, 60_000, 60_000, 5), TestFleet.FRAMES),
            TestFleet.record("robot9/front", changed(good, 48, 32, 2), TestFleet.FRAMES),
            new ProducerRecord<>(TestFleet.FRAMES, null, null));
    int number = 0;
    for (ProducerRecord<byte[], byte[]> record : bad) {
      send(0, number, number + 2);
      number += 2;
      producer.send(record).get();
    }
    send(0, number, 20);
    WorkerHealth health =
        runUntil(
            20 + bad.size(), "whenBehind: all", "queueDepth: 16", "deadLetter: {enabled: true}");
    assertThat(health.frames().rejected())
        .isEqualTo(Map.of("malformed", 6L, "foreign", 1L, "oversize", 1L));
    assertThat(health.maps().acknowledged()).isEqualTo(16);
    assertThat(health.frames().deadLetters()).isEqualTo(8);

    List<ConsumerRecord<byte[], byte[]>> dead = read(DEAD);
    assertThat(dead).hasSize(bad.size());
    for (int i = 0; i < bad.size(); i++) {
      assertThat(dead.get(i).value()).isEqualTo(bad.get(i).value());
      assertThat(dead.get(i).key()).isEqualTo(bad.get(i).key());
      assertThat(header(dead.get(i), "rackfocus-topic")).isEqualTo(TestFleet.FRAMES);
      assertThat(header(dead.get(i), "rackfocus-offset")).isEqualTo(String.valueOf(3 * i + 2));
    }
    assertThat(header(dead.get(4), "rackfocus-error"))
        .isEqualTo("foreign: type is 'com.example.other'; expected rackfocus.frames.v1");
    assertThat(header(dead.get(3), "rackfocus-error"))
        .isEqualTo("malformed: key is 'robot1/front'; expected robot0/front");
    assertThat(header(dead.get(6), "rackfocus-error"))
        .isEqualTo("malformed: the sweep has 2 planes; expected 3 to 64");
  }

  @Test
  void shouldPublishItsHealthWithAllItsLosses() throws Exception {
    send(0, 0, 10);
    producer.send(TestFleet.record("robot0/front", new byte[] {1, 2, 3}, TestFleet.FRAMES)).get();
    producer.send(TestFleet.record("robot0/front", new byte[] {1}, "com.example.other")).get();
    producer.send(fleet.record(0, 9)).get(); // The same once more.
    runUntil(13, "whenBehind: all", "queueDepth: 16");

    List<ConsumerRecord<byte[], byte[]>> records = read(HEALTH);
    ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
    Health health = Health.parseFrom(last.value());
    assertThat(text(last.key())).isEqualTo(health.getRobot() + "/" + health.getCamera());
    assertThat(header(last, "ce_type")).isEqualTo("rackfocus.health.v1");
    assertThat(header(last, "ce_source")).isEqualTo("/" + text(last.key()));
    assertThat(header(last, "ce_id")).isEqualTo(health.getStampNs() + "-" + health.getSequence());
    assertThat(health.getRole()).isEqualTo("worker");
    assertThat(health.getInstance()).isNotEmpty();
    assertThat(health.getFrames()).isEqualTo(13);
    assertThat(health.getFramesDroppedMap())
        .isEqualTo(Map.of("malformed", 1L, "foreign", 1L, "duplicate", 1L));
    assertThat(health.getStacks()).isEqualTo(6);
    assertThat(health.getMaps()).isEqualTo(6);
    assertThat(health.getFurtherLossesMap()).isEqualTo(Map.of("framesSkipped", 0L, "mapsLost", 0L));
    assertThat(health.getLatencyP50Ms()).isPositive();
    assertThat(health.getLatencyP99Ms()).isGreaterThanOrEqualTo(health.getLatencyP50Ms());
    assertThat(health.getValidShare()).isBetween(0.0, 1.0);
    assertThat(health.getModel().getName()).isEqualTo("ddl");
  }

  @Test
  void shouldSkipToTheNewestWhenFarBehindAndCountWhatItCost() throws Exception {
    send(0, 0, 400);
    // Two seconds of frames at most may wait; eighty do.
    Worker worker = new Worker(configuration("maxBehind: 2"));
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> worker.health().frames().skipped() > 0);
      send(0, 400, 410);
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 410);
    }
    WorkerHealth health = worker.health();
    assertThat(health.frames().readBack()).isBetween(1L, 40L);
    assertThat(health.maps().acknowledged()).isGreaterThanOrEqualTo(10 - health.stacks().skipped());
    List<ConsumerRecord<byte[], byte[]>> records = read(TestFleet.DEPTH);
    assertThat(records).hasSize((int) health.maps().acknowledged());
    Map<String, byte[]> expected = fleet.depthOf(0, 410);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      assertThat(record.value()).isEqualTo(expected.get(header(record, "ce_id")));
    }
    assertThat(header(records.get(records.size() - 1), "ce_id")).isEqualTo(TestFleet.idOf(409));
  }

  @Test
  void shouldSkipNoFurtherThanToTheEndWhileItReadsBack() throws Exception {
    for (int number = 0; number < 20; number++) {
      sendOfThree(number);
    }
    runUntil(60, "whenBehind: all", "queueDepth: 16");
    for (int number = 20; number < 120; number++) {
      sendOfThree(number);
    }
    // Behind as soon as the sweeps are measured, when not all of them are read back yet.
    Worker worker = new Worker(configuration("maxBehind: 2"));
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> worker.health().frames().skipped() > 0);
      assertThat(worker.health().frames().skipped()).isLessThanOrEqualTo(300);
      for (int number = 120; number < 130; number++) {
        sendOfThree(number);
      }
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 330);
    }
    WorkerHealth health = worker.health();
    assertThat(health.frames().read()).isEqualTo(330 - health.frames().skipped());
    assertThat(health.maps().acknowledged() + health.stacks().skipped())
        .isEqualTo(health.frames().read());
  }

  /** The worker's clock. */
  private long nanos() {
    clockReads.incrementAndGet();
    return System.nanoTime() + aheadNanos.get();
  }

  /** Advances the worker's clock and waits until the worker has looked after its cameras. */
  private void passTime(Duration time) {
    aheadNanos.addAndGet(time.toNanos());
    long before = clockReads.get();
    // The reading thread reads the clock once per turn.
    await().atMost(PATIENCE).until(() -> clockReads.get() > before + 2);
  }

  private void sendOfThree(int number) throws InterruptedException, ExecutionException {
    for (int camera = 0; camera < 3; camera++) {
      send(camera, number, number + 1);
    }
  }

  /** Late frames are not a gap: the camera's own stamps are without one. */
  @Test
  void shouldKeepTheStackOfACameraWhoseFramesComeLate() throws Exception {
    send(0, 0, 20);
    Worker worker =
        new Worker(configuration("whenBehind: all", "queueDepth: 16", "idle: 10"), this::nanos);
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 20);
      passTime(Duration.ofMinutes(10));
      send(0, 20, 30);
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 30);
    }
    assertThat(worker.health().frames().assembling()).isEqualTo(TestFleet.PLANES - 1);
    assertThat(worker.health().maps().acknowledged()).isEqualTo(30 - TestFleet.PLANES + 1);
  }

  @Test
  void shouldGiveASilentCamerasPlaceToAnother() throws Exception {
    send(0, 0, 20);
    Worker worker =
        new Worker(
            configuration("whenBehind: all", "queueDepth: 16", "idle: 10", "maxCameras: 1"),
            this::nanos);
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 20);
      passTime(Duration.ofSeconds(11));
      send(1, 0, 20);
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == 40);
    }
    assertThat(worker.health().frames().rejected()).isEmpty();
    assertThat(worker.health().maps().acknowledged()).isEqualTo(2 * (20 - TestFleet.PLANES + 1));
  }

  @Test
  void shouldRefuseMoreCamerasThanItMayHave() throws Exception {
    for (int number = 0; number < 10; number++) {
      send(0, number, number + 1);
      send(1, number, number + 1);
    }
    WorkerHealth health =
        runUntil(
            20,
            "whenBehind: all",
            "queueDepth: 16",
            "maxCameras: 1",
            "deadLetter: {enabled: true}");
    assertThat(health.frames().rejected()).isEqualTo(Map.of("noRoom", 10L));
    assertThat(health.maps().acknowledged()).isEqualTo(6);
    assertThat(health.frames().deadLetters()).isZero();
  }

  @Test
  void shouldKeepPollingWithoutABrokerAndEndWhenClosed() throws Exception {
    String servers = broker.bootstrapServers();
    broker.close();
    Worker worker = new Worker(AppConfig.parse("test", TestFleet.yaml(servers)), this::nanos);
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> clockReads.get() > 3);
      assertThat(workerThreads()).containsExactlyInAnyOrder("worker-read", "worker-depth");
    }
    worker.awaitEnd(); // Throws if a thread has failed.
    assertThat(workerThreads()).isEmpty();
    assertThat(worker.health().partitions()).isZero();
  }

  private static List<String> workerThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("worker-"))
        .toList();
  }

  @Test
  void shouldRefuseAFilter() {
    String yaml = TestFleet.yaml(broker.bootstrapServers()) + "\nfilter: still\n";
    assertThatThrownBy(() -> new Worker(AppConfig.parse("test", yaml)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "filter is still; expected off, because a map must not depend on which worker computed"
                + " those before it");
  }

  @Test
  void shouldRequireAKafkaSink() {
    assertThatThrownBy(() -> new Worker(AppConfig.parse("test", "model: {name: ddl}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("sinks.kafka.enabled is false");
  }

  private AppConfig configuration(String... options) throws ConfigException {
    return AppConfig.parse("test", TestFleet.yaml(broker.bootstrapServers(), options));
  }

  /** Runs a worker until it has come to an end with so many frames. */
  private WorkerHealth runUntil(long frames, String... options) throws Exception {
    Worker worker = new Worker(configuration(options));
    try (worker) {
      worker.start();
      await().atMost(PATIENCE).until(() -> accounted(worker.health()) == frames);
    }
    worker.awaitEnd();
    return worker.health();
  }

  /** Every frame must end in one of these, and none in two. */
  private static long accounted(WorkerHealth health) {
    return health.lost()
        + health.frames().assembling()
        + health.frames().notDue()
        + health.maps().acknowledged();
  }

  private void send(int camera, int from, int to) throws InterruptedException, ExecutionException {
    for (int number = from; number < to; number++) {
      producer.send(fleet.record(camera, number)).get();
    }
  }

  private static byte[] changed(byte[] frame, int width, int height, int planes)
      throws IOException {
    CameraFrame.Builder changed =
        CameraFrame.parseFrom(frame).toBuilder().setWidth(width).setHeight(height);
    if (planes < TestFleet.PLANES) {
      changed.setRobot("robot9").clearPlaneFocus().addPlaneFocus(1).addPlaneFocus(2);
    }
    return changed.build().toByteArray();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      return records;
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return text(record.headers().lastHeader(name).value());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
