package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.ThrottledLog;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
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
 * it waits, within its bounds on bytes, until the broker is back. What a broker refuses for good
 * (such as a record that is too large) is told to the caller as a fault. Thread-safe.
 */
public final class WorkerOutput implements AutoCloseable {
  /** More than key, headers and framing of a record take. */
  private static final int OVERHEAD_BYTES = 1024;

  /** How long a send may wait for a broker before it is tried again. */
  private static final int MAX_BLOCK_MILLIS = 5_000;

  private static final String ERROR_HEADER = "rackfocus-error";

  private final KafkaSinkConfig config;
  private final String deadLetterTopic;
  private final InstantSource clock;
  private final Producer<byte[], byte[]> producer;
  private final ThrottledLog trouble =
      new ThrottledLog(LoggerFactory.getLogger(WorkerOutput.class));
  private long outstandingBytes;
  private volatile boolean closing;

  /**
   * @param config broker, depth topic, form of the maps, bound on bytes under way
   * @param deadLetterTopic where refused records go
   * @param clock what records are stamped with when they are sent
   * @throws IllegalArgumentException if Kafka refuses a setting, or no address of a broker is known
   */
  public WorkerOutput(KafkaSinkConfig config, String deadLetterTopic, InstantSource clock) {
    this.config = config;
    this.deadLetterTopic = deadLetterTopic;
    this.clock = clock;
    Map<String, Object> settings = new HashMap<>(KafkaConnection.settings(config));
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    try {
      this.producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new IllegalArgumentException("kafka: " + KafkaConnection.sentence(e), e);
    }
  }

  /**
   * Sends a map, of which nothing is kept; waits while too many bytes are under way.
   *
   * @param ended told once, on any thread: null when all brokers that have to have acknowledged the
   *     map, else why it is lost
   */
  public void send(DepthMap map, CameraIdentity identity, Consumer<@Nullable String> ended)
      throws InterruptedException {
    ProducerRecord<String, byte[]> record = new DepthRecord(config, identity, clock).of(map);
    send(
        new ProducerRecord<>(
            record.topic(),
            null,
            record.timestamp(),
            bytes(record.key()),
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
    boolean fits = value == null || value.length + OVERHEAD_BYTES <= config.maxRecordBytes();
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
    if (bytes + OVERHEAD_BYTES > config.maxRecordBytes()) {
      ended.accept(
          "its record takes "
              + bytes
              + " bytes; expected at most "
              + (config.maxRecordBytes() - OVERHEAD_BYTES));
      return;
    }
    takeRoom(bytes);
    while (!sent(record, bytes, ended)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while Kafka was away");
      }
    }
  }

  /** Hands the record over; false if no broker was to be had and it is worth another try. */
  private boolean sent(
      ProducerRecord<byte[], byte[]> record, long bytes, Consumer<@Nullable String> ended) {
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
                  config.bootstrapServers(),
                  KafkaConnection.sentence(fault));
              return;
            }
            end(bytes, fault, ended);
          });
    } catch (KafkaException | IllegalStateException e) {
      // Thrown, and not given to the callback, when the producer is closed or broken for good.
      end(bytes, e, ended);
    }
    return !again[0];
  }

  private void end(long bytes, @Nullable Exception fault, Consumer<@Nullable String> ended) {
    giveRoom(bytes);
    ended.accept(fault == null ? null : KafkaConnection.sentence(fault));
  }

  private synchronized void takeRoom(long bytes) throws InterruptedException {
    while (outstandingBytes > 0
        && outstandingBytes + bytes > config.maxOutstandingBytes()
        && !closing) {
      wait();
    }
    outstandingBytes += bytes;
  }

  private synchronized void giveRoom(long bytes) {
    outstandingBytes -= bytes;
    notifyAll();
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Waits up to {@code closeTimeout}, and 5 s more for a broker that hangs, for what is sent. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    producer.close(config.closeTimeout());
  }
}
