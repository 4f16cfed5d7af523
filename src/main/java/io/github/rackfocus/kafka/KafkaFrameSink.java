package io.github.rackfocus.kafka;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.Handover;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.sink.FrameSink;
import io.github.rackfocus.sink.SinkCounters;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a camera's frames as {@code CameraFrame} records, key {@code robot/camera}, from which
 * workers compute depth.
 *
 * <p>The camera never waits: {@link #offer} only takes a lease, and the sink's own thread packs the
 * frame. Frames that it drops when packing is too slow, or that the publisher drops during an
 * outage, are counted ({@link #counters}). {@code offer} and {@code counters} are thread-safe.
 */
public final class KafkaFrameSink implements FrameSink {
  public static final String TYPE = "rackfocus.frames.v1";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFrameSink.class);

  private final Duration closeTimeout;
  private final Function<Frame, CameraIdentity> cameras;
  private final CameraFrameCodec codec;
  private final KafkaPublisher publisher;
  private final Handover<Frame> queue;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final StageRunner runner;
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final AtomicLong tooLarge = new AtomicLong();

  /**
   * Starts connecting and returns at once, whether or not the broker is available.
   *
   * @param cameras the camera's current identity for a frame
   * @param codec packs the frames
   * @param clock stamps records when they are sent
   * @throws IllegalArgumentException if Kafka rejects a property, or a secret cannot be read
   */
  public KafkaFrameSink(
      KafkaFrameSinkConfig config,
      Function<Frame, CameraIdentity> cameras,
      CameraFrameCodec codec,
      InstantSource clock)
      throws IOException {
    this.closeTimeout = config.kafka().closeTimeout();
    this.cameras = cameras;
    this.codec = codec;
    this.publisher = new KafkaPublisher(config.kafka(), config.topic(), clock);
    this.queue = new Handover<>(config.queueFrames(), false);
    this.runner = StageRunner.daemon("kafka-frames", new PackingStage());
    runner.start();
  }

  @Override
  public void offer(Frame frame) {
    offered.incrementAndGet();
    try {
      queue.put(frame.retain());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a queue that drops must not wait", e);
    }
  }

  /**
   * Counts frames: delivered to the publisher, dropped because packing was too slow, failed (no
   * focus reading, too large), and lost after delivery.
   */
  @Override
  public SinkCounters counters() {
    PublisherCounts counts = publisher.counts();
    return new SinkCounters(
        "kafka-frames",
        offered.get(),
        delivered.get(),
        queue.dropped(),
        rejected.get(),
        counts.lost() - tooLarge.get(),
        counts.lostByCause());
  }

  /** Frames acknowledged by all in-sync replicas. */
  public long acknowledged() {
    return publisher.counts().acknowledged();
  }

  /** The publisher, for health reports. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  /** Packs queued frames and hands them to the publisher. */
  private final class PackingStage implements StageRunner.Stage {
    @Override
    public boolean doWork() throws InterruptedException {
      Frame next = queue.take();
      if (next == null) {
        return false;
      }
      try (Frame frame = next) {
        publish(frame);
      }
      return true;
    }

    @Override
    public void onError(Throwable cause) {
      LOG.error("Packing frames for Kafka failed; no more frames are sent", cause);
    }

    @Override
    public void onEnd() {
      queue.abandon();
    }
  }

  /** Publishes a frame; an error is logged and affects this frame only. */
  private void publish(Frame frame) {
    try {
      if (!frame.focus().isKnown()) {
        throw new IllegalArgumentException("no focus reading");
      }
      OutgoingRecord record = recordOf(frame);
      try {
        publisher.publish(record);
        delivered.incrementAndGet();
      } catch (IOException e) {
        tooLarge.incrementAndGet();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      rejected.incrementAndGet();
      warnings.warn("Frame {} was not sent to Kafka: {}", frame.sequence(), ErrorMessages.of(e));
    }
  }

  private OutgoingRecord recordOf(Frame frame) {
    CameraIdentity identity = cameras.apply(frame);
    String id = CloudEvents.idOf(frame.stampNanos(), frame.sequence());
    return new OutgoingRecord(
        identity.key(),
        CloudEvents.headers(TYPE, identity.source(), id, frame.stampNanos()),
        codec.encode(frame, identity).toByteArray());
  }

  /** Packs the waiting frames and closes the publisher, see {@link KafkaPublisher#close}. */
  @Override
  public void close() {
    queue.end();
    runner.joinOrInterrupt(closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    // An interrupted caller still lets the publisher send what it has.
    boolean interrupted = Thread.interrupted();
    publisher.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
