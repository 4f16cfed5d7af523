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
 * <p>{@link #accept} takes the time of encoding and, with a spool, of writing, whatever the broker
 * does; see {@link KafkaPublisher}. {@code accept} is for one thread; {@code counts} for any.
 */
public final class KafkaDepthSink implements DepthSink {
  private final DepthRecord records;
  private final KafkaPublisher publisher;
  private final AtomicLong refused = new AtomicLong();

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @throws IllegalArgumentException if Kafka refuses a setting, or a secret can't be had
   * @throws IOException if the spool's folder can't be used
   */
  public KafkaDepthSink(KafkaDepthSinkConfig config, CameraIdentity identity) throws IOException {
    this(config, identity, InstantSource.system());
  }

  /**
   * @param clock what records are stamped with when they are sent
   */
  public KafkaDepthSink(KafkaDepthSinkConfig config, CameraIdentity identity, InstantSource clock)
      throws IOException {
    this(config, identity, map -> identity, clock);
  }

  /**
   * @param cameras what is known of the camera when a map is there, such as its intrinsics; the key
   *     is that of the identity
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
      refused.incrementAndGet();
      throw e;
    }
  }

  /** What became of the maps so far; exact once the sink is closed. */
  public PublisherCounts counts() {
    return publisher.counts();
  }

  /** What sends the maps, for health. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  @Override
  public long lost() {
    return counts().lost() - refused.get();
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
