package io.github.rackfocus.kafka;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.Interrupts;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.ProtoJson;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.TopicHealth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a process's {@code Health} at an interval, from its own thread, and a last time when it
 * is closed. During an outage the newest records wait in memory, never in a spool: counts are since
 * the start, so a lost record loses nothing.
 */
public final class KafkaHealthPublisher implements AutoCloseable {
  static final String TYPE = "rackfocus.health.v1";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaHealthPublisher.class);
  private static final int QUEUE_RECORDS = 8;
  private static final long NANOS = 1_000_000_000L;

  private final KafkaHealthConfig config;
  private final CameraIdentity identity;
  private volatile Supplier<Health.Builder> report = Health::newBuilder;
  private final List<KafkaPublisher> topics;
  private final InstantSource clock;
  private final KafkaPublisher publisher;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private volatile @Nullable Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final long startNanos = System.nanoTime();
  private long sequence;

  /**
   * Checks the configuration; call {@link #start} to publish.
   *
   * @param identity determines the key of the records
   * @param topics publishers whose counts are reported; the caller closes them
   * @param clock stamps records
   * @throws IllegalArgumentException if Kafka rejects a property, or a secret cannot be read
   */
  public KafkaHealthPublisher(
      KafkaClientConfig kafka,
      KafkaHealthConfig config,
      CameraIdentity identity,
      List<KafkaPublisher> topics,
      InstantSource clock)
      throws IOException {
    this.config = config;
    this.identity = identity;
    this.topics = List.copyOf(topics);
    this.clock = clock;
    KafkaClientConfig newest =
        kafka
            .withSpool(null)
            .withBounds(
                new KafkaClientConfig.Bounds(
                    QUEUE_RECORDS, QUEUE_RECORDS, kafka.bounds().maxRecordBytes()));
    this.publisher = new KafkaPublisher(newest, config.topic(), clock);
  }

  /**
   * Starts publishing; must be called at most once.
   *
   * @param health called by this publisher's thread; robot, camera, stamp, sequence, uptime,
   *     version and topics are added here
   */
  public void start(Supplier<Health.Builder> health) {
    report = health;
    thread = DaemonThreads.start("kafka-health", this::run);
  }

  private void run() {
    try {
      while (!closing.await(config.interval().toMillis(), TimeUnit.MILLISECONDS)) {
        publish();
      }
    } catch (InterruptedException e) {
      LOG.debug("kafka-health was interrupted");
    }
  }

  private void publish() {
    try {
      Health health = health();
      String id = CloudEvents.idOf(health.getStampNs(), health.getSequence());
      List<Header> headers =
          CloudEvents.headers(
              TYPE,
              identity.source(),
              id,
              health.getStampNs(),
              config.json() ? CloudEvents.JSON : CloudEvents.PROTOBUF);
      byte[] value =
          config.json()
              ? ProtoJson.of(health).getBytes(StandardCharsets.UTF_8)
              : health.toByteArray();
      publisher.publish(new OutgoingRecord(identity.key(), headers, value));
    } catch (IOException | RuntimeException e) {
      // The process that is reported on must not fail because of its report.
      warnings.warn("Health was not published to Kafka: {}", ErrorMessages.of(e));
    }
  }

  private synchronized Health health() {
    Instant now = clock.instant();
    String version = KafkaHealthPublisher.class.getPackage().getImplementationVersion();
    Health.Builder health =
        report
            .get()
            .setRobot(identity.robot())
            .setCamera(identity.camera())
            .setVersion(version == null ? "development" : version)
            .setSequence(sequence++)
            .setStampNs(now.getEpochSecond() * NANOS + now.getNano())
            .setUptimeS((System.nanoTime() - startNanos) * 1e-9);
    for (KafkaPublisher topic : topics) {
      health.addTopics(topicHealth(topic));
    }
    return health.build();
  }

  private static TopicHealth topicHealth(KafkaPublisher publisher) {
    PublisherCounts counts = publisher.counts();
    return TopicHealth.newBuilder()
        .setTopic(counts.topic())
        .setOnOutage(publisher.isDurable() ? "spool" : "freshest")
        .setOffered(counts.offered())
        .setRecovered(counts.recovered())
        .setAcknowledged(counts.acknowledged())
        .putAllLost(counts.lostByCause())
        .setWaiting(counts.pending().waiting())
        .setInFlight(counts.pending().inFlight())
        .setBacklogBytes(counts.pending().backlogBytes())
        .setAcknowledgedBytes(counts.delivery().bytes())
        .setOutage(counts.outages().ongoing())
        .setOutages(counts.outages().count())
        .setProducersRebuilt(counts.outages().producersReplaced())
        .setAckP50Ms(counts.delivery().p50Millis())
        .setAckP99Ms(counts.delivery().p99Millis())
        .build();
  }

  /** Counts of the health records themselves. */
  public PublisherCounts counts() {
    return publisher.counts();
  }

  /** Publishes a last record and closes the publisher, see {@link KafkaPublisher#close}. */
  @Override
  public void close() {
    closing.countDown();
    Thread started = thread;
    boolean interrupted =
        started != null && Interrupts.joinOrInterrupt(started, Duration.ofSeconds(1));
    publish();
    publisher.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
