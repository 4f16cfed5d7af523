package io.github.rackfocus.fleet;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.CloudEvents;
import io.github.rackfocus.kafka.DepthRecord;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
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
 * Where a worker's depth goes: records as {@link KafkaDepthSink} makes them, for any number of
 * cameras, each with word of its acknowledgement; and the records that were refused, on request.
 *
 * <p>Unlike a robot's sink it never gives a map up for an outage: its frames are safe in Kafka, so
 * it waits, with few maps under way, until the broker is back. What a broker refuses for good (such
 * as a record that is too large) is told to the caller as a fault. Maps are sent by one thread,
 * dead letters by any.
 */
public final class WorkerOutput implements AutoCloseable {
  /** How long a send may wait for a broker before it is tried again. */
  private static final int MAX_BLOCK_MILLIS = 5_000;

  /** Cameras whose encoders are kept. */
  private static final int ENCODERS = 64;

  private static final String ERROR_HEADER = "rackfocus-error";

  private final KafkaDepthSinkConfig config;
  private final KafkaClientConfig kafka;
  private final List<TopicSetup> topics;
  private final String deadLetterTopic;
  private final InstantSource clock;
  private final Producer<byte[], byte[]> producer;
  private final RateLimitedLogger trouble =
      new RateLimitedLogger(LoggerFactory.getLogger(WorkerOutput.class));
  private final Map<CameraIdentity, DepthRecord> encoders =
      new LinkedHashMap<>(ENCODERS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CameraIdentity, DepthRecord> eldest) {
          return size() > ENCODERS;
        }
      };
  private volatile int largestRecord;
  private int outstanding;
  private volatile boolean closing;

  /**
   * @param config broker, depth topic and form of the maps
   * @param framesTopic where the frames come from: made too, where topics are to be made
   * @param deadLetterTopic where refused records go; null if they don't
   * @param clock what records are stamped with when they are sent
   * @throws IllegalArgumentException if Kafka refuses a setting, or no address of a broker is known
   */
  public WorkerOutput(
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
    Map<String, Object> settings = ProducerFactory.producerSettings(kafka);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    try {
      this.producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + ProducerFactory.sentence(e), e);
    }
  }

  /**
   * Makes the topics, where that is wanted, and learns how large a map may be; a few seconds.
   *
   * @return false if the broker is away or refuses, which is said
   */
  public boolean prepare() throws InterruptedException {
    try {
      if (kafka.createTopics()) {
        for (TopicSetup topic : topics) {
          topic.create();
        }
      }
      largestRecord = topics.get(0).largestRecord();
      return true;
    } catch (KafkaException e) {
      trouble.warn(
          "kafka: the topics at {} are not to be had: {}",
          kafka.bootstrapServers(),
          ProducerFactory.sentence(e));
      return false;
    }
  }

  /**
   * Sends a map, of which nothing is kept; waits while too many are under way.
   *
   * @param ended told once, on any thread: null when all brokers that have to have acknowledged the
   *     map, else why it is lost
   */
  public void send(DepthMap map, CameraIdentity identity, Consumer<@Nullable String> ended)
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
        ended);
  }

  /**
   * Sends a refused record as it came, with the reason and its place as further headers; without
   * its value if that is too large.
   */
  public void sendDeadLetter(FrameRecord refused, String reason, Consumer<@Nullable String> ended)
      throws InterruptedException {
    List<Header> headers = new ArrayList<>(List.of(refused.record().headers().toArray()));
    headers.add(CloudEvents.header(ERROR_HEADER, reason));
    headers.add(CloudEvents.header("rackfocus-topic", refused.record().topic()));
    headers.add(
        CloudEvents.header("rackfocus-partition", String.valueOf(refused.record().partition())));
    headers.add(CloudEvents.header("rackfocus-offset", String.valueOf(refused.offset())));
    byte[] value = refused.record().value();
    boolean fits = value == null || value.length <= most();
    send(
        new ProducerRecord<>(
            deadLetterTopic,
            null,
            clock.millis(),
            refused.record().key(),
            fits ? value : null,
            headers),
        ended);
  }

  private void send(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable String> ended)
      throws InterruptedException {
    long bytes = record.value() == null ? 0 : record.value().length;
    if (bytes > most()) {
      ended.accept("its record takes " + bytes + " bytes; expected at most " + most());
      return;
    }
    takeRoom();
    while (!sent(record, ended)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while Kafka was away");
      }
    }
  }

  private int most() {
    return largestRecord - OutgoingRecord.OVERHEAD_BYTES;
  }

  /** Hands the record over; false if no broker was to be had and it is worth another try. */
  private boolean sent(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable String> ended) {
    Thread caller = Thread.currentThread();
    boolean[] again = new boolean[1];
    try {
      producer.send(
          record,
          (metadata, fault) -> {
            // Within the call: the wait for the topic was too short, nothing is under way.
            if (fault instanceof TimeoutException && Thread.currentThread() == caller && !closing) {
              again[0] = true;
              trouble.warn(
                  "kafka: {} at {} is not to be had: {}",
                  record.topic(),
                  kafka.bootstrapServers(),
                  ProducerFactory.sentence(fault));
              return;
            }
            end(fault, ended);
          });
    } catch (KafkaException | IllegalStateException e) {
      // Thrown, and not given to the callback, when the producer is closed or broken for good.
      end(e, ended);
    }
    return !again[0];
  }

  private void end(@Nullable Exception fault, Consumer<@Nullable String> ended) {
    giveRoom();
    ended.accept(fault == null ? null : ProducerFactory.sentence(fault));
  }

  private synchronized void takeRoom() throws InterruptedException {
    while (outstanding >= kafka.bounds().inFlightRecords() && !closing) {
      wait();
    }
    outstanding++;
  }

  private synchronized void giveRoom() {
    outstanding--;
    notifyAll();
  }

  /** Waits up to {@code closeTimeout}, and 5 s more for a broker that hangs, for what is sent. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    producer.close(kafka.closeTimeout());
  }
}
