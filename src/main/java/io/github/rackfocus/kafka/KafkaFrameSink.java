package io.github.rackfocus.kafka;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.Handover;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.sink.FrameSink;
import io.github.rackfocus.sink.SinkCounters;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a camera's frames as {@code CameraFrame} records, key {@code robot/camera}, for workers
 * to make depth from.
 *
 * <p>The camera never waits: {@link #offer} only takes a lease; a thread of this sink packs. What
 * it can't keep up with, and what the publisher drops while the broker is away, is counted by what
 * became of it ({@link #counters}). {@code offer} and {@code counters} are for any thread.
 */
public final class KafkaFrameSink implements FrameSink {
  public static final String TYPE = "rackfocus.frames.v1";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFrameSink.class);

  private final long closeMillis;
  private final Function<Frame, CameraIdentity> cameras;
  private final CameraFrameCodec codec;
  private final KafkaPublisher publisher;
  private final Handover<Frame> queue;
  private final RateLimitedLogger refusals = new RateLimitedLogger(LOG);
  private final Thread thread = new Thread(this::run, "kafka-frames");
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong tooLarge = new AtomicLong();

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @param cameras what is known of a frame's camera, which may be learnt while it runs
   * @param codec packs its frames
   * @param clock what records are stamped with when they are sent
   * @throws IllegalArgumentException if Kafka refuses a setting, or a secret can't be had
   */
  public KafkaFrameSink(
      KafkaFrameSinkConfig config,
      Function<Frame, CameraIdentity> cameras,
      CameraFrameCodec codec,
      InstantSource clock)
      throws IOException {
    this.closeMillis = config.kafka().closeTimeout().toMillis();
    this.cameras = cameras;
    this.codec = codec;
    this.publisher = new KafkaPublisher(config.kafka(), config.topic(), clock);
    this.queue = new Handover<>(config.queueFrames(), false);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void offer(Frame frame) {
    offered.incrementAndGet();
    try {
      queue.put(frame.retain());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a hand-over that drops waited", e);
    }
  }

  /**
   * What became of the frames: delivered to the publisher, dropped because packing was too slow,
   * failed (no reading, too large), lost of those delivered.
   */
  @Override
  public SinkCounters counters() {
    PublisherCounts counts = publisher.counts();
    return new SinkCounters(
        "kafka-frames",
        offered.get(),
        taken.get(),
        queue.dropped(),
        refused.get(),
        counts.lost() - tooLarge.get(),
        counts.lostByCause());
  }

  /** Frames that all brokers that have to have acknowledged. */
  public long acknowledged() {
    return publisher.counts().acknowledged();
  }

  /** What sends the frames, for health. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  private void run() {
    try {
      for (Frame frame = queue.take(); frame != null; frame = queue.take()) {
        try (Frame mine = frame) {
          publish(mine);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("kafka-frames was interrupted");
    } finally {
      queue.abandon();
    }
  }

  /** Whatever packing throws costs this frame only; the operator hears of it. */
  private void publish(Frame frame) {
    try {
      if (!frame.focus().isKnown()) {
        throw new IllegalArgumentException("it has no focus reading");
      }
      OutgoingRecord record = recordOf(frame);
      try {
        publisher.publish(record);
        taken.incrementAndGet();
      } catch (IOException e) {
        tooLarge.incrementAndGet();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      refused.incrementAndGet();
      refusals.warn("kafka: frame {} was not sent: {}", frame.sequence(), ErrorMessages.of(e));
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

  /** Packs what waits and closes the publisher, see {@link KafkaPublisher#close}. */
  @Override
  public void close() {
    queue.end();
    boolean interrupted = false;
    try {
      TimeUnit.MILLISECONDS.timedJoin(thread, Math.max(1, closeMillis));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    thread.interrupt();
    publisher.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
