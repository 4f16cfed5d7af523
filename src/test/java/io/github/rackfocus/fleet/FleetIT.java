package io.github.rackfocus.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.kafka.BrokerProcess;
import io.github.rackfocus.kafka.DepthArrivals;
import io.github.rackfocus.kafka.TopicReader;
import io.github.rackfocus.kafka.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet on a real broker in a process of its own: 8 cameras at 5 Hz and three workers, of which
 * one is killed, one stopped and resumed, and one added, {@code -Drackfocus.fleet.rounds=N} times.
 * It takes minutes, so that only {@code bin/soak fleet} runs it.
 */
@EnabledIfSystemProperty(named = "rackfocus.fleet.rounds", matches = "[0-9]+")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FleetIT {
  private static final int CAMERAS = 8;
  private static final int ROUNDS = Integer.getInteger("rackfocus.fleet.rounds", 1);
  private static final int CALM_SECONDS = Integer.getInteger("rackfocus.fleet.calm.seconds", 3);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /**
   * Longest silence of a camera. It takes 6 s until a worker is known to be gone, the rest goes to
   * the rebalancing and to starting where it left; the state of a busy machine doubles it.
   */
  private static final Duration BOUND =
      Duration.ofSeconds(Integer.getInteger("rackfocus.fleet.bound.seconds", 40));

  @TempDir Path folder;
  private final TestFleet fleet = new TestFleet();
  private final AtomicInteger sent = new AtomicInteger();
  private final List<Process> workers = new ArrayList<>();
  private final Queue<Exception> unsent = new ConcurrentLinkedQueue<>();
  private int started;

  @Test
  void shouldServeEveryCameraWhateverBecomesOfWorkers() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder)) {
      broker.start();
      createTopics(broker.bootstrapServers());
      Path config = folder.resolve("worker.yaml");
      Files.writeString(
          config, TestFleet.yaml(broker.bootstrapServers(), "whenBehind: all", "queueDepth: 16"));
      ScheduledExecutorService cameras = Executors.newSingleThreadScheduledExecutor();
      try (KafkaProducer<byte[], byte[]> producer = producer(broker.bootstrapServers());
          DepthArrivals arrivals = new DepthArrivals(broker.bootstrapServers(), TestFleet.DEPTH)) {
        for (int i = 0; i < 3; i++) {
          startWorker(config);
        }
        cameras.scheduleAtFixedRate(
            () -> sendFrames(producer), 0, TestFleet.TICK, TimeUnit.NANOSECONDS);
        awaitAllCameras(arrivals);
        for (int round = 0; round < ROUNDS; round++) {
          disturb(config, arrivals);
        }
        cameras.shutdown();
        assertThat(cameras.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        producer.flush();
        assertThat(unsent).as("frames that did not get to Kafka").isEmpty();
        int expected = CAMERAS * (sent.get() - TestFleet.PLANES + 1);
        try {
          await().atMost(PATIENCE).until(() -> arrivals.read().distinct() >= expected);
        } catch (ConditionTimeoutException e) {
          throw new AssertionError(whatIsMissing(broker.bootstrapServers(), arrivals), e);
        }
        stopWorkers();
        check(arrivals.read());
      } catch (Exception | AssertionError e) {
        sayWhatWorkersSaid();
        throw e;
      } finally {
        cameras.shutdownNow();
        workers.forEach(Process::destroyForcibly);
      }
    }
  }

  /** The numbers of the frames without a map, and of those that are not in the topic at all. */
  private String whatIsMissing(String servers, DepthArrivals arrivals) {
    Map<String, TreeSet<Integer>> frames = new TreeMap<>();
    Map<String, String> places = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : TopicReader.readAll(servers, TestFleet.FRAMES)) {
      int number = frames.computeIfAbsent(record.key(), key -> new TreeSet<>()).size();
      frames.get(record.key()).add(number);
      places.put(record.key(), record.partition() + ":" + record.offset());
    }
    StringBuilder said = new StringBuilder(sent.get() + " frames of each camera;");
    for (int camera = 0; camera < CAMERAS; camera++) {
      String key = TestFleet.camera(camera).key();
      TreeSet<Integer> missing = new TreeSet<>();
      for (int number = TestFleet.PLANES - 1; number < sent.get(); number++) {
        missing.add(number);
      }
      for (ConsumerRecord<String, byte[]> record : arrivals.of(key)) {
        String id = TopicReader.header(record, "ce_id");
        missing.remove(Integer.valueOf(id.substring(id.indexOf('-') + 1)));
      }
      said.append(
          String.format(
              "%n%s: %d in the topic, the last at %s; no maps of %s",
              key, frames.getOrDefault(key, new TreeSet<>()).size(), places.get(key), missing));
    }
    return said.toString();
  }

  private void disturb(Path config, DepthArrivals arrivals) throws Exception {
    Process killed = workers.remove(0);
    killed.destroyForcibly();
    awaitAllCameras(arrivals);
    calm();

    Process stopped = workers.get(0);
    signal(stopped, "STOP");
    awaitAllCameras(arrivals);
    signal(stopped, "CONT");
    calm();

    startWorker(config);
    // The others serve all cameras meanwhile; it counts as added once it has some of them.
    Path said = folder.resolve("worker-" + (started - 1) + ".log");
    await().atMost(PATIENCE).until(() -> Files.readString(said).contains("frames.v1 assigned"));
    awaitAllCameras(arrivals);
    calm();
    assertThat(workers).hasSize(3).allMatch(Process::isAlive);
  }

  /** Until every camera has a map of a frame that was sent after this call. */
  private void awaitAllCameras(DepthArrivals arrivals) {
    int now = sent.get();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          Map<String, Long> newest = arrivals.read().newestSequence();
          return newest.size() == CAMERAS
              && newest.values().stream().allMatch(number -> number > now);
        });
  }

  private static void calm() throws InterruptedException {
    Thread.sleep(1000L * CALM_SECONDS);
  }

  private void check(DepthArrivals arrivals) throws Exception {
    int frames = sent.get();
    int duplicates = 0;
    Duration longest = Duration.ZERO;
    for (int camera = 0; camera < CAMERAS; camera++) {
      Map<String, byte[]> expected = fleet.depthOf(camera, frames);
      String key = TestFleet.camera(camera).key();
      List<ConsumerRecord<String, byte[]>> records = arrivals.of(key);
      Map<String, Long> firstSeen = new TreeMap<>();
      for (ConsumerRecord<String, byte[]> record : records) {
        String id = TopicReader.header(record, "ce_id");
        assertThat(Arrays.equals(record.value(), expected.get(id)))
            .as("%s %s has the bytes of a single machine's map", key, id)
            .isTrue();
        duplicates += firstSeen.putIfAbsent(id, record.timestamp()) == null ? 0 : 1;
      }
      // Complete: the first maps wait for the first sweep, all others are there.
      assertThat(firstSeen.keySet()).as(key).isEqualTo(new TreeSet<>(expected.keySet()));
      Duration silence = longestSilence(firstSeen);
      longest = silence.compareTo(longest) > 0 ? silence : longest;
    }
    System.out.printf(
        "fleet: %d cameras at 5 Hz, %d rounds of kill -9, stop and resume, add: %d maps, all there,"
            + " bytes equal to a single machine's; %d sent twice; longest silence of a camera"
            + " %.1f s (bound %d s)%n",
        CAMERAS,
        ROUNDS,
        CAMERAS * (frames - TestFleet.PLANES + 1),
        duplicates,
        longest.toMillis() / 1000.0,
        BOUND.toSeconds());
    assertThat(longest).isLessThan(BOUND);
  }

  private static Duration longestSilence(Map<String, Long> firstSeen) {
    long[] times = firstSeen.values().stream().mapToLong(Long::longValue).sorted().toArray();
    long longest = 0;
    for (int i = 1; i < times.length; i++) {
      longest = Math.max(longest, times[i] - times[i - 1]);
    }
    return Duration.ofMillis(longest);
  }

  private void sendFrames(KafkaProducer<byte[], byte[]> producer) {
    int number = sent.get();
    for (int camera = 0; camera < CAMERAS; camera++) {
      producer.send(
          fleet.record(camera, number),
          (metadata, fault) -> {
            if (fault != null) {
              unsent.add(fault);
            }
          });
    }
    sent.incrementAndGet();
  }

  private void startWorker(Path config) throws IOException {
    Path said = folder.resolve("worker-" + started++ + ".log");
    workers.add(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.rackfocus.cli.Rackfocus",
                "worker",
                "--config",
                config.toString(),
                "--status-every",
                "2")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start());
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** SIGTERM: a clean end, with status 0 and the counts of a worker that lost nothing. */
  private void stopWorkers() throws IOException, InterruptedException {
    workers.forEach(Process::destroy);
    for (Process worker : workers) {
      assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).isZero();
    }
    int ended = 0;
    for (int i = 0; i < started; i++) {
      for (String line : Files.readAllLines(folder.resolve("worker-" + i + ".log"))) {
        if (line.startsWith("worker ended")) {
          ended++;
          assertThat(line)
              .contains("skipped 0 frames and 0 stacks, failed 0, lost 0, dropped {}, rejected {}");
        }
      }
    }
    assertThat(ended).isEqualTo(workers.size());
  }

  private void sayWhatWorkersSaid() throws IOException {
    for (int i = 0; i < started; i++) {
      List<String> lines = Files.readAllLines(folder.resolve("worker-" + i + ".log"));
      System.out.printf("worker %d:%n%s%n", i, String.join("\n", lines));
    }
  }

  private static void createTopics(String servers) throws Exception {
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(TestFleet.FRAMES, 12, (short) 1),
                  new NewTopic(TestFleet.DEPTH, 1, (short) 1),
                  new NewTopic(TopicSpec.HEALTH.name(), 1, (short) 1)))
          .all()
          .get();
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String servers) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ProducerConfig.ACKS_CONFIG,
            "all",
            // As the node's frame sink: with more under way a producer loses records to a partition
            // that is new, when the first request fails and the second does not.
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
