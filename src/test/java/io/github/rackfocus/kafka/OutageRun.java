package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.FileSinkConfig;
import io.github.rackfocus.sink.SinkCounters;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sink.TestDepthMaps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Synthetic maps at a steady rate to a file sink and a Kafka sink side by side, while faults happen
 * to the broker, which is a process of its own.
 */
final class OutageRun {
  static final int WIDTH = 160;
  static final int HEIGHT = 120;
  private static final Path KCAT = Path.of("/usr/bin/kcat");
  private static final long STAMP = 1_763_640_000_000_000_000L;

  /** As many as a stall of two seconds makes: a machine with much else to do has such. */
  private static final int QUEUE = 60;

  /** What happens to a broker. */
  enum Kind {
    /** SIGKILL, and started again at once. */
    KILLED,
    /** SIGSTOP, and SIGCONT after the length: it takes connections and never answers. */
    HUNG,
    /** SIGKILL, and started again after the length. */
    AWAY
  }

  /** A fault, so long after the beginning. */
  record Fault(Kind kind, Duration at, Duration length) {}

  /**
   * What came of it.
   *
   * @param offered ids of the maps made, in order
   * @param arrived ids on the topic, in its order, without repetitions
   * @param repetitions records whose id had arrived before
   */
  record Result(
      List<String> offered,
      List<String> arrived,
      long repetitions,
      PublisherCounts kafka,
      SinkCounters kafkaSink,
      double fileP50Millis,
      double fileP99Millis) {
    /** Maps that the node itself says it lost on the way to Kafka. */
    long counted() {
      return kafkaSink.dropped() + kafkaSink.failed() + kafkaSink.lost();
    }
  }

  private final Path folder;
  private final @Nullable SpoolConfig spool;
  private final boolean lossless;
  private final Map<String, String> brokerSettings;
  private final ConcurrentHashMap<Long, Long> offeredNanos = new ConcurrentHashMap<>();
  private final Histogram fileLatency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
  private volatile @Nullable Exception failure;

  /**
   * @param folder for broker, files and spool; empty
   * @param spool null: freshest
   * @param lossless whether the maker of the maps waits for a sink whose queue is full, which makes
   *     the result independent of the machine's speed, or the queue drops its oldest, as live
   * @param brokerSettings further settings of the broker
   */
  OutageRun(
      Path folder,
      @Nullable SpoolConfig spool,
      boolean lossless,
      Map<String, String> brokerSettings) {
    this.folder = folder;
    this.lossless = lossless;
    this.spool = spool;
    this.brokerSettings = brokerSettings;
  }

  Result run(Duration length, double rate, List<Fault> faults) throws Exception {
    try (BrokerProcess broker = new BrokerProcess(folder.resolve("broker"), brokerSettings)) {
      broker.start();
      broker.createTopic(TopicSpec.DEPTH.name());
      KafkaClientConfig kafka = KafkaClientConfig.of(broker.bootstrapServers()).withSpool(spool);
      KafkaDepthSink sink =
          new KafkaDepthSink(KafkaDepthSinkConfig.of(kafka), CameraIdentity.of("r2", "front"));
      DepthSink files = new Timed(new FileSink(new FileSinkConfig(folder.resolve("maps"), 1, 20)));
      List<String> offered;
      List<SinkCounters> counters;
      SinkFanOut fanOut = new SinkFanOut(List.of(files, sink), QUEUE, lossless);
      try (fanOut) {
        Thread mischief = new Thread(() -> happen(broker, faults), "mischief");
        mischief.start();
        offered = offer(fanOut, length, rate);
        mischief.join();
        awaitDelivery(sink);
      }
      counters = fanOut.counters();
      Exception failed = failure;
      if (failed != null) {
        throw failed;
      }
      List<String> all = ids(broker);
      List<String> arrived = List.copyOf(new LinkedHashSet<>(all));
      return new Result(
          offered,
          arrived,
          all.size() - arrived.size(),
          sink.counts(),
          counters.get(1),
          fileLatency.getValueAtPercentile(50) / 1e6,
          fileLatency.getValueAtPercentile(99) / 1e6);
    }
  }

  private List<String> offer(SinkFanOut fanOut, Duration length, double rate)
      throws InterruptedException {
    DepthMapPool pool = new DepthMapPool(2 * QUEUE + 8);
    List<String> ids = new ArrayList<>();
    long begun = System.nanoTime();
    long maps = Math.round(length.toMillis() / 1000.0 * rate);
    for (long i = 0; i < maps; i++) {
      long due = begun + Math.round(i * 1e9 / rate);
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      try (DepthMap map = TestDepthMaps.scene(pool, WIDTH, HEIGHT, STAMP + i, i)) {
        offeredNanos.put(i, System.nanoTime());
        fanOut.offer(map);
        ids.add(DepthRecord.idOf(map.info()));
      }
    }
    return ids;
  }

  private void happen(BrokerProcess broker, List<Fault> faults) {
    long begun = System.nanoTime();
    try {
      for (Fault fault : faults) {
        TimeUnit.NANOSECONDS.sleep(begun + fault.at().toNanos() - System.nanoTime());
        System.out.printf(
            "%5.1f s: the broker is %s%n", (System.nanoTime() - begun) * 1e-9, fault.kind());
        happen(broker, fault);
        System.out.printf("%5.1f s: the broker is back%n", (System.nanoTime() - begun) * 1e-9);
      }
    } catch (IOException | InterruptedException | ExecutionException e) {
      failure = e;
    }
  }

  private static void happen(BrokerProcess broker, Fault fault)
      throws IOException, InterruptedException, ExecutionException {
    if (fault.kind() == Kind.HUNG) {
      broker.hang();
      Thread.sleep(fault.length().toMillis());
      broker.goOn();
    } else {
      broker.kill();
      Thread.sleep(fault.length().toMillis());
      broker.start();
    }
  }

  private static void awaitDelivery(KafkaDepthSink sink) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
    long before = -1;
    // Until nothing waits and no more comes from the fan-out.
    while (System.nanoTime() < deadline) {
      PublisherCounts counts = sink.counts();
      if (counts.pending().waiting() + counts.pending().inFlight() == 0
          && counts.offered() == before) {
        return;
      }
      before = counts.offered();
      Thread.sleep(500);
    }
  }

  /** All ids in the order of the topic, read by kcat, or where it is missing by Kafka's client. */
  private static List<String> ids(BrokerProcess broker) throws IOException, InterruptedException {
    if (!Files.isExecutable(KCAT)) {
      System.out.println("kcat is not installed; the topic is read by Kafka's own consumer");
      return TopicReader.readAll(broker.bootstrapServers(), TopicSpec.DEPTH.name()).stream()
          .map(record -> TopicReader.header(record, "ce_id"))
          .toList();
    }
    Process kcat =
        new ProcessBuilder(
                KCAT.toString(),
                "-C",
                "-e",
                "-q",
                "-b",
                broker.bootstrapServers(),
                "-t",
                TopicSpec.DEPTH.name(),
                "-f",
                "%h\\n")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(kcat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (kcat.waitFor() != 0) {
      throw new IOException("kcat ended with " + kcat.exitValue());
    }
    return said.lines().map(line -> line.replaceAll(".*ce_id=([^,]*).*", "$1")).toList();
  }

  /** Notes how long a map took from the offer to the end of its sink's work. */
  private final class Timed implements DepthSink {
    private final DepthSink sink;

    Timed(DepthSink sink) {
      this.sink = sink;
    }

    @Override
    public String name() {
      return sink.name();
    }

    @Override
    public boolean wantsMaps() {
      return true;
    }

    @Override
    public void accept(DepthMap map) throws IOException, InterruptedException {
      sink.accept(map);
      Long offered = offeredNanos.remove(map.info().sequence());
      if (offered != null) {
        fileLatency.recordValue(System.nanoTime() - offered);
      }
    }

    @Override
    public void close() throws IOException {
      sink.close();
    }
  }
}
