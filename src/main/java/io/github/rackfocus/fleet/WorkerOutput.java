package io.github.rackfocus.fleet;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.CloudEvents;
import io.github.rackfocus.kafka.DepthRecord;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaErrors;
import io.github.rackfocus.kafka.ProducerFactory;
import io.github.rackfocus.kafka.TopicSetup;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends a worker's maps as records like those of {@link KafkaDepthSink}, for any number of cameras,
 * and reports each acknowledgement. Also sends rejected records to the dead-letter topic.
 *
 * <p>Unlike a node's sink it never drops a map during an outage: its frames are safe in Kafka, so
 * it waits until the broker is back, with few maps in flight. A record that the broker rejects,
 * such as one that is too large, is reported to the caller. Maps must be sent by one thread; dead
 * letters may be sent by any.
 */
final class WorkerOutput implements AutoCloseable {
  /** How long a send may wait for a broker before it is retried. */
  private static final int MAX_BLOCK_MILLIS = 5_000;

  /** Most cameras whose encoders are kept. */
  private static final int ENCODERS = 64;

  private static final String ERROR_HEADER = "rackfocus-error";

  private final KafkaDepthSinkConfig config;
  private final KafkaClientConfig kafka;
  private final List<TopicSetup> topics;
  private final String deadLetterTopic;
  private final InstantSource clock;
  private final Producer<byte[], byte[]> producer;
  private final RateLimitedLogger warnings =
      new RateLimitedLogger(LoggerFactory.getLogger(WorkerOutput.class));
  private final Map<CameraIdentity, DepthRecord> encoders =
      new LinkedHashMap<>(ENCODERS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CameraIdentity, DepthRecord> eldest) {
          return size() > ENCODERS;
        }
      };
  private volatile int largestRecord;
  private int inFlight;
  private volatile boolean closing;

  /**
   * @param config broker, depth topic and format of the maps
   * @param framesTopic topic of the frames, which is created too if configured
   * @param deadLetterTopic topic for rejected records, or null if they are not sent
   * @param clock stamps records when they are sent
   * @throws IllegalArgumentException if Kafka rejects a property, or no broker's name resolves
   */
  WorkerOutput(
      KafkaDepthSinkConfig config,
      TopicSpec framesTopic,
      @Nullable TopicSpec deadLetterTopic,
      InstantSource clock) {
    this.config = config;
    this.kafka = config.kafka();
    this.deadLetterTopic = deadLetterTopic == null ? "" : deadLetterTopic.name();
    this.clock = clock;
    this.topics = new ArrayList<>();
    topics.add(new TopicSetup(kafka, config.topic()));
    topics.add(new TopicSetup(kafka, framesTopic));
    if (deadLetterTopic != null) {
      topics.add(new TopicSetup(kafka, deadLetterTopic));
    }
    this.largestRecord = kafka.bounds().maxRecordBytes();
    Map<String, Object> properties = ProducerFactory.producerProperties(kafka);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    try {
      this.producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + KafkaErrors.message(e), e);
    }
  }

  /**
   * Creates missing topics if configured and reads the record limit; takes up to a few seconds.
   *
   * @return false if the broker is unavailable or rejects a request, which is logged
   */
  boolean prepare() throws InterruptedException {
    try {
      if (kafka.createTopics()) {
        for (TopicSetup topic : topics) {
          topic.create();
        }
      }
      largestRecord = topics.get(0).largestRecord();
      return true;
    } catch (KafkaException e) {
      warnings.warn(
          "Kafka topics at {} are unavailable: {}; retrying",
          kafka.bootstrapServers(),
          KafkaErrors.message(e));
      return false;
    }
  }

  /**
   * Sends a map without keeping a reference to it; waits while too many records are in flight.
   *
   * @param onCompletion called once, by any thread: with null when all in-sync replicas have
   *     acknowledged the map, else with the reason why it is lost
   */
  void send(DepthMap map, CameraIdentity identity, Consumer<@Nullable String> onCompletion)
      throws InterruptedException {
    OutgoingRecord record =
        encoders.computeIfAbsent(identity, camera -> new DepthRecord(config, camera)).of(map);
    send(
        new ProducerRecord<>(
            config.topic().name(),
            null,
            clock.millis(),
            record.key().getBytes(StandardCharsets.UTF_8),
            record.value(),
            record.headers()),
        onCompletion);
  }

  /**
   * Sends a rejected record unchanged, with additional headers for the reason and the record's
   * topic, partition and offset; without its value if that is too large.
   */
  void sendDeadLetter(FrameRecord rejected, String reason, Consumer<@Nullable String> onCompletion)
      throws InterruptedException {
    List<Header> headers = new ArrayList<>(List.of(rejected.record().headers().toArray()));
    headers.add(CloudEvents.header(ERROR_HEADER, reason));
    headers.add(CloudEvents.header("rackfocus-topic", rejected.record().topic()));
    headers.add(
        CloudEvents.header("rackfocus-partition", String.valueOf(rejected.record().partition())));
    headers.add(CloudEvents.header("rackfocus-offset", String.valueOf(rejected.offset())));
    byte[] value = rejected.record().value();
    boolean fits = value == null || value.length <= maxValueBytes();
    send(
        new ProducerRecord<>(
            deadLetterTopic,
            null,
            clock.millis(),
            rejected.record().key(),
            fits ? value : null,
            headers),
        onCompletion);
  }

  private void send(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable String> onCompletion)
      throws InterruptedException {
    long bytes = record.value() == null ? 0 : record.value().length;
    if (bytes > maxValueBytes()) {
      onCompletion.accept("record has " + bytes + " bytes; expected at most " + maxValueBytes());
      return;
    }
    acquireSlot();
    while (!trySend(record, onCompletion)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while Kafka was unavailable");
      }
    }
  }

  private int maxValueBytes() {
    return largestRecord - OutgoingRecord.OVERHEAD_BYTES;
  }

  /** Returns false if no broker was available and sending should be retried. */
  private boolean trySend(
      ProducerRecord<byte[], byte[]> record, Consumer<@Nullable String> onCompletion) {
    Thread caller = Thread.currentThread();
    boolean[] retry = new boolean[1];
    try {
      producer.send(
          record,
          (metadata, fault) -> {
            // Called within send(): the wait for the topic timed out and the record is not in
            // flight.
            if (fault instanceof TimeoutException && Thread.currentThread() == caller && !closing) {
              retry[0] = true;
              warnings.warn(
                  "Kafka topic {} at {} is unavailable: {}; retrying",
                  record.topic(),
                  kafka.bootstrapServers(),
                  KafkaErrors.message(fault));
              return;
            }
            complete(fault, onCompletion);
          });
    } catch (KafkaException | IllegalStateException e) {
      // A closed or failed producer throws instead of calling back.
      complete(e, onCompletion);
    }
    return !retry[0];
  }

  private void complete(@Nullable Exception fault, Consumer<@Nullable String> onCompletion) {
    releaseSlot();
    onCompletion.accept(fault == null ? null : KafkaErrors.message(fault));
  }

  private synchronized void acquireSlot() throws InterruptedException {
    while (inFlight >= kafka.bounds().inFlightRecords() && !closing) {
      wait();
    }
    inFlight++;
  }

  private synchronized void releaseSlot() {
    inFlight--;
    notifyAll();
  }

  /** Waits for records in flight for up to {@code closeTimeout}, plus 5 s if the broker hangs. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    producer.close(kafka.closeTimeout());
  }
}
