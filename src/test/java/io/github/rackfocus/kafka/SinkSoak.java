package io.github.rackfocus.kafka;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.github.rackfocus.kafka.codec.ObstacleGridCodec;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What the Kafka sink costs, run by {@code bin/soak sink}: 640 x 480 maps with a sensor's noise at
 * 30/s to a broker in a process of its own; CPU of the sink's threads, bytes a map, and the time
 * from the hand-over to a consumer, which reads on a thread of its own.
 */
final class SinkSoak {
  private static final double RATE = 30;
  private static final int PREPARED = 8;
  private static final int WARM_UP = 150;
  private static final long STAMP = 1_763_640_000_000_000_000L;
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");

  private SinkSoak() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60;
    DepthMapPool pool = new DepthMapPool(PREPARED);
    List<DepthMap> maps = new ArrayList<>();
    for (int i = 0; i < PREPARED; i++) {
      maps.add(noisy(TestDepthMaps.scene(pool, 640, 480, STAMP + i, i), i));
    }
    Path folder = Files.createTempDirectory("rackfocus-sink-");
    try (BrokerProcess broker = new BrokerProcess(folder.resolve("broker"))) {
      broker.start();
      int run = 0;
      for (boolean spooling : new boolean[] {false, true}) {
        for (boolean uncertainty : new boolean[] {true, false}) {
          String topic = "depth-" + run++;
          broker.createTopic(topic);
          KafkaClientConfig kafka =
              KafkaClientConfig.of(broker.bootstrapServers())
                  .withSpool(spooling ? SpoolConfig.in(folder.resolve("spool")) : null);
          KafkaDepthSinkConfig config =
              new KafkaDepthSinkConfig(
                  kafka,
                  TopicSpec.DEPTH.named(topic),
                  DepthPacking.PNG16,
                  uncertainty,
                  uncertainty);
          KafkaDepthSink sink = new KafkaDepthSink(config, CAMERA);
          String name =
              (spooling ? "spool" : "freshest")
                  + (uncertainty ? ", depth, uncertainty and age" : ", depth only");
          measure(name, sink, sink.publisher(), maps, seconds);
        }
      }
      broker.createTopic("grids");
      KafkaObstacleSink grids =
          new KafkaObstacleSink(
              KafkaClientConfig.of(broker.bootstrapServers()),
              TopicSpec.OBSTACLES.named("grids"),
              ObstacleGridCodec.DEFAULT_COLUMNS,
              ObstacleGridCodec.DEFAULT_ROWS,
              CAMERA,
              InstantSource.system());
      measure("freshest, obstacle grids", grids, grids.publisher(), maps, seconds);
    } finally {
      maps.forEach(DepthMap::close);
      delete(folder);
    }
  }

  private static void measure(
      String name, DepthSink sink, KafkaPublisher publisher, List<DepthMap> maps, int seconds)
      throws Exception {
    int total = WARM_UP + (int) (seconds * RATE);
    AtomicLongArray offered = new AtomicLongArray(total);
    Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    AtomicLong arrived = new AtomicLong();
    String servers = publisher.config().bootstrapServers();
    try (TopicTail tail =
        new TopicTail(KafkaClientConfig.of(servers), List.of(publisher.topic().name()), true)) {
      AtomicBoolean stop = new AtomicBoolean();
      Thread consumer =
          new Thread(() -> consume(tail, total, offered, latency, arrived, stop), "reader");
      consumer.start();
      long cpuNanos = 0;
      Map<String, Long> cpu = new TreeMap<>();
      Map<String, Long> before = new TreeMap<>();
      try (SinkFanOut fanOut = new SinkFanOut(List.of(sink), 4, true)) {
        long begun = System.nanoTime();
        for (int i = 0; i < total; i++) {
          TimeUnit.NANOSECONDS.sleep(begun + Math.round(i * 1e9 / RATE) - System.nanoTime());
          if (i == WARM_UP) {
            before = cpuByThread();
          }
          offered.set(i, System.nanoTime());
          fanOut.offer(maps.get(i % maps.size()));
        }
        publisher.flush(Duration.ofSeconds(10));
        for (Map.Entry<String, Long> thread : cpuByThread().entrySet()) {
          long used = thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
          cpu.put(thread.getKey(), used);
          cpuNanos += used;
        }
      }
      stop.set(true);
      consumer.join();
      PublisherCounts counts = publisher.counts();
      System.out.printf(
          "%-44s %5.1f %% of a core, %4.0f kB a map, hand-over to consumer p50 %5.1f ms p99 %5.1f"
              + " ms; %d of %d arrived, lost %s%n",
          name,
          100.0 * cpuNanos / (seconds * 1e9),
          counts.delivery().bytes() / 1e3 / counts.acknowledged(),
          latency.getValueAtPercentile(50) / 1e6,
          latency.getValueAtPercentile(99) / 1e6,
          arrived.get(),
          total,
          counts.lostByCause());
      cpu.forEach((thread, nanos) ->
          System.out.printf("    %-40s %5.1f %%%n", thread, 100.0 * nanos / (seconds * 1e9)));
    }
  }

  /** Maps arrive in the order of the offers, so that the n-th that comes is the n-th offered. */
  private static void consume(
      TopicTail tail,
      int total,
      AtomicLongArray offered,
      Histogram latency,
      AtomicLong arrived,
      AtomicBoolean stop) {
    try {
      int found = 1;
      while (arrived.get() < total && (found > 0 || !stop.get())) {
        found = tail.poll(Duration.ofMillis(200)).size();
        long now = System.nanoTime();
        for (int i = 0; i < found; i++) {
          int number = (int) arrived.getAndIncrement();
          if (number >= WARM_UP) {
            latency.recordValue(now - offered.get(number));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** CPU of the threads that are the sink's: its own, its publisher's, and Kafka's producer's. */
  private static Map<String, Long> cpuByThread() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<String, Long> cpu = new TreeMap<>();
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().matches("(sink-)?kafka-.*|sink-kafka")) {
        cpu.merge(
            info.getThreadName().replaceFirst(" .*| producer-\\d+", ""),
            Math.max(0, threads.getThreadCpuTime(id)),
            Long::sum);
      }
    }
    return cpu;
  }

  /** A slanted floor of 0.3 m to 1.9 m, a sigma of 0.3 % of depth squared, holes of no texture. */
  private static DepthMap noisy(DepthMap map, int seed) {
    Random random = new Random(seed);
    for (int i = 0; i < map.pixels(); i++) {
      float depth = 0.3f + 1.6f * (i / map.width()) / map.height();
      float sigma = 0.003f * depth * depth;
      boolean hole = (i % map.width() / 40 + i / map.width() / 40) % 5 == 0;
      map.validity().put(i, hole ? Validity.NO_TEXTURE.code() : Validity.VALID.code());
      map.depth().put(i, hole ? Float.NaN : depth + sigma * (float) random.nextGaussian());
      map.uncertainty()
          .put(i, hole ? Float.NaN : sigma * (1 + 0.2f * (float) random.nextGaussian()));
    }
    return map;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
