package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.sink.DepthSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Sends depth maps to Kafka as {@code DepthFrame} records, key {@code robot/camera}, with the
 * headers of {@link CloudEvents}.
 *
 * <p>{@link #accept} takes the time of encoding and, with a spool, of writing, but never waits for
 * the broker; see {@link KafkaPublisher}. {@code accept} must be called by one thread, {@code
 * counts} may be called by any.
 */
public final class KafkaDepthSink implements DepthSink {
  private final DepthRecord records;
  private final KafkaPublisher publisher;
  private final AtomicLong rejected = new AtomicLong();

  /**
   * Starts connecting and returns at once, whether or not the broker is available.
   *
   * @throws IllegalArgumentException if Kafka rejects a property, or a secret cannot be read
   * @throws IOException if the spool folder cannot be used
   */
  public KafkaDepthSink(KafkaDepthSinkConfig config, CameraIdentity identity) throws IOException {
    this(config, identity, InstantSource.system());
  }

  /**
   * @param clock stamps records when they are sent
   */
  public KafkaDepthSink(KafkaDepthSinkConfig config, CameraIdentity identity, InstantSource clock)
      throws IOException {
    this(config, identity, map -> identity, clock);
  }

  /**
   * @param cameras the camera's current identity for a map, such as with new intrinsics; its key
   *     must not change
   */
  public KafkaDepthSink(
      KafkaDepthSinkConfig config,
      CameraIdentity identity,
      Function<DepthMap, CameraIdentity> cameras,
      InstantSource clock)
      throws IOException {
    this.records = new DepthRecord(config, identity, cameras);
    this.publisher = new KafkaPublisher(config.kafka(), config.topic(), clock);
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public void accept(DepthMap map) throws IOException {
    try {
      publisher.publish(records.of(map));
    } catch (IOException e) {
      rejected.incrementAndGet();
      throw e;
    }
  }

  /** Counts of the maps so far; exact once the sink is closed. */
  public PublisherCounts counts() {
    return publisher.counts();
  }

  /** The publisher, for health reports. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  @Override
  public long lost() {
    return counts().lost() - rejected.get();
  }

  @Override
  public Map<String, Long> lossesByCause() {
    return counts().lostByCause();
  }

  /** See {@link KafkaPublisher#close}. */
  @Override
  public void close() {
    publisher.close();
  }
}
