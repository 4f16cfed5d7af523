package io.github.rackfocus.kafka;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.Handover;
import io.github.rackfocus.frame.Reason;
import io.github.rackfocus.frame.ThrottledLog;
import io.github.rackfocus.sink.SinkCounters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a camera's frames as {@code CameraFrame} records, key {@code robot/camera}, for workers
 * to make depth from.
 *
 * <p>The camera never waits: {@link #offer} only takes a lease; a thread of this sink packs and
 * sends. What it can't keep up with, and what the bounds on records under way refuse while the
 * broker is away, is dropped, counted by what became of it ({@link #counters}) and said at most
 * once a second. Frames under way when the broker goes are tried for {@code deliveryTimeout}.
 * {@code offer} and {@code counters} are for any thread.
 */
public final class KafkaFrameSink implements AutoCloseable {
  static final String TYPE = "rackfocus.frames.v1";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFrameSink.class);

  /** More than key, headers and framing of a record take. */
  private static final int OVERHEAD_BYTES = 1024;

  private final KafkaSinkConfig config;
  private final CameraIdentity identity;
  private final CameraFrameCodec codec;
  private final InstantSource clock;
  private final KafkaConnection connection;
  private final Handover<Frame> queue;
  private final ThrottledLog losses = new ThrottledLog(LOG);
  private final Thread thread = new Thread(this::run, "kafka-frames");
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong outstandingBytes = new AtomicLong();

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @param codec packs the frames of {@code identity}
   * @param clock what records are stamped with when they are sent
   * @throws IllegalArgumentException if Kafka refuses a setting
   */
  public KafkaFrameSink(
      KafkaFrameConfig config,
      CameraIdentity identity,
      CameraFrameCodec codec,
      InstantSource clock) {
    this.config = config.connection();
    this.identity = identity;
    this.codec = codec;
    this.clock = clock;
    this.connection = new KafkaConnection(config.connection());
    this.queue = new Handover<>(config.queueFrames(), false);
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes a lease of a sealed frame and returns at once; the caller keeps its own lease. */
  public void offer(Frame frame) {
    offered.incrementAndGet();
    try {
      queue.put(frame.retain());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a hand-over that drops waited", e);
    }
  }

  /**
   * What became of the frames: delivered to Kafka's client, dropped because packing was too slow,
   * failed (no reading, too large, bounds reached), lost of those delivered.
   */
  public SinkCounters counters() {
    return new SinkCounters(
        "kafka-frames", offered.get(), sent.get(), queue.dropped(), refused.get(), failed.get());
  }

  /** Frames that all brokers that have to have acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  private void run() {
    try {
      for (Frame frame = queue.take(); frame != null; frame = queue.take()) {
        try (Frame taken = frame) {
          publish(taken);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("kafka-frames was interrupted");
    } finally {
      queue.abandon();
    }
  }

  private void publish(Frame frame) {
    String refusal = refusalBeforePacking(frame);
    byte[] value = refusal == null ? packed(frame) : null;
    if (value != null) {
      refusal = refusalOfSize(value.length);
      if (refusal == null) {
        send(frame, value);
      }
    }
    if (refusal != null) {
      refused.incrementAndGet();
      losses.warn("kafka: frame {} was not sent: {}", frame.sequence(), refusal);
    }
  }

  /** Whatever packing throws costs this frame only; the operator hears of it. */
  private byte @Nullable [] packed(Frame frame) {
    try {
      return codec.encode(frame).toByteArray();
    } catch (RuntimeException e) {
      refused.incrementAndGet();
      losses.warn("kafka: frame {} could not be packed: {}", frame.sequence(), Reason.of(e));
      return null;
    }
  }

  /** Before the work of packing, which would be vain. */
  private @Nullable String refusalBeforePacking(Frame frame) {
    if (!frame.focus().isKnown()) {
      return "it has no focus reading";
    }
    if (connection.producer() == null) {
      return "no address is known for the broker " + config.bootstrapServers();
    }
    long outstanding = sent.get() - acknowledged.get() - failed.get();
    return outstanding < config.maxOutstandingRecords()
        ? null
        : outstanding + " frames are waiting for an acknowledgement";
  }

  private @Nullable String refusalOfSize(long bytes) {
    if (bytes + OVERHEAD_BYTES > config.maxRecordBytes()) {
      return "its record takes "
          + bytes
          + " bytes; expected at most "
          + (config.maxRecordBytes() - OVERHEAD_BYTES)
          + "; raise maxRecordBytes here and max.message.bytes of topic "
          + config.topic();
    }
    return outstandingBytes.get() + bytes <= config.maxOutstandingBytes()
        ? null
        : outstandingBytes.get() + " bytes are waiting for an acknowledgement";
  }

  private void send(Frame frame, byte[] value) {
    Producer<String, byte[]> producer = connection.producer();
    if (producer == null) {
      throw new IllegalStateException("the producer went away");
    }
    String id = CloudEvents.idOf(frame.stampNanos(), frame.sequence());
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            config.topic(),
            null,
            clock.millis(),
            identity.key(),
            value,
            CloudEvents.headers(TYPE, identity.source(), id, frame.stampNanos()));
    sent.incrementAndGet();
    outstandingBytes.addAndGet(value.length);
    try {
      producer.send(record, (metadata, fault) -> ended(id, value.length, fault));
    } catch (InterruptException e) {
      ended(id, value.length, e);
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      // Thrown, and not given to the callback, when the producer is closed or broken for good.
      ended(id, value.length, e);
    }
  }

  private void ended(String id, long bytes, @Nullable Exception fault) {
    outstandingBytes.addAndGet(-bytes);
    if (fault == null) {
      acknowledged.incrementAndGet();
      return;
    }
    failed.incrementAndGet();
    losses.warn(
        "kafka: frame {} was not delivered to {} at {}: {}",
        id,
        config.topic(),
        config.bootstrapServers(),
        KafkaConnection.sentence(fault));
  }

  /**
   * Sends what waits and waits up to {@code closeTimeout}, and 5 s more for a broker that hangs,
   * for acknowledgements; what has none then has failed.
   */
  @Override
  public void close() {
    queue.end();
    boolean interrupted = false;
    try {
      TimeUnit.MILLISECONDS.timedJoin(thread, Math.max(1, config.closeTimeout().toMillis()));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    thread.interrupt();
    boolean idle = sent.get() == acknowledged.get() + failed.get();
    connection.close(idle ? Duration.ZERO : config.closeTimeout());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
