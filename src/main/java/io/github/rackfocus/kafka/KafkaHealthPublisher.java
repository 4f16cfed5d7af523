package io.github.rackfocus.kafka;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.ProtoJson;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.TopicHealth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a process's {@code Health} at an interval, from a thread of its own, and once more when
 * it is closed, so that the last counts arrive too. During an outage the newest records wait in
 * memory, whatever is set for depth: counts are since the start, so that a lost record loses
 * nothing.
 */
public final class KafkaHealthPublisher implements AutoCloseable {
  static final String TYPE = "rackfocus.health.v1";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaHealthPublisher.class);
  private static final int WAITING = 8;
  private static final long NANOS = 1_000_000_000L;

  private final KafkaHealthConfig options;
  private final CameraIdentity identity;
  private volatile Supplier<Health.Builder> report = Health::newBuilder;
  private final List<KafkaPublisher> topics;
  private final InstantSource clock;
  private final KafkaPublisher publisher;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final Thread thread = new Thread(this::run, "kafka-health");
  private final CountDownLatch ending = new CountDownLatch(1);
  private final long begunNanos = System.nanoTime();
  private long sequence;

  /**
   * Checks the settings; {@link #start} starts publishing.
   *
   * @param identity the camera whose health is published: the key of the records
   * @param topics publishers whose counts belong into the report; stay the caller's
   * @param clock what records are stamped with
   * @throws IllegalArgumentException if Kafka refuses a setting, or a secret can't be had
   */
  public KafkaHealthPublisher(
      KafkaClientConfig kafka,
      KafkaHealthConfig options,
      CameraIdentity identity,
      List<KafkaPublisher> topics,
      InstantSource clock)
      throws IOException {
    this.options = options;
    this.identity = identity;
    this.topics = List.copyOf(topics);
    this.clock = clock;
    KafkaClientConfig.Bounds bounds =
        new KafkaClientConfig.Bounds(WAITING, WAITING, kafka.bounds().maxRecordBytes());
    KafkaClientConfig newest = kafka.withSpool(null).withBounds(bounds);
    this.publisher = new KafkaPublisher(newest, options.topic(), clock);
    thread.setDaemon(true);
  }

  /**
   * Starts publishing; to be called once.
   *
   * @param health the state of the process, called by this publisher's thread. Robot, camera,
   *     stamp, sequence, uptime, version and topics are filled in here
   */
  public void start(Supplier<Health.Builder> health) {
    report = health;
    thread.start();
  }

  private void run() {
    try {
      while (!ending.await(options.interval().toMillis(), TimeUnit.MILLISECONDS)) {
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
              options.json() ? CloudEvents.JSON : CloudEvents.PROTOBUF);
      byte[] value =
          options.json()
              ? ProtoJson.of(health).getBytes(StandardCharsets.UTF_8)
              : health.toByteArray();
      publisher.publish(new OutgoingRecord(identity.key(), headers, value));
    } catch (IOException | RuntimeException e) {
      // Health is told as well as may be; what it tells of goes on without it.
      trouble.warn("kafka: health was not published: {}", ErrorMessages.of(e));
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
            .setUptimeS((System.nanoTime() - begunNanos) * 1e-9);
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
        .setWaiting(counts.waiting())
        .setInFlight(counts.inFlight())
        .setBacklogBytes(counts.backlogBytes())
        .setAcknowledgedBytes(counts.acknowledgedBytes())
        .setOutage(counts.outage())
        .setOutages(counts.outages())
        .setProducersRebuilt(counts.producersRebuilt())
        .setAckP50Ms(counts.ackP50Millis())
        .setAckP99Ms(counts.ackP99Millis())
        .build();
  }

  /** What became of the health records themselves. */
  public PublisherCounts counts() {
    return publisher.counts();
  }

  /** Publishes a last record, and closes as {@link KafkaPublisher#close} does. */
  @Override
  public void close() {
    ending.countDown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    publish();
    publisher.close();
  }
}
