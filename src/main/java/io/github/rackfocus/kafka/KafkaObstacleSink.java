package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.ObstacleGridCodec;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.sink.DepthSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Sends an {@code ObstacleGrid} of every map to Kafka with the map's key and id; see {@link
 * ObstacleGridCodec} and {@link KafkaPublisher}. {@code accept} must be called by one thread.
 */
public final class KafkaObstacleSink implements DepthSink {
  static final String TYPE = "rackfocus.obstacles.v1";

  private final CameraIdentity identity;
  private final ObstacleGridCodec codec;
  private final KafkaPublisher publisher;
  private final AtomicLong rejected = new AtomicLong();

  /**
   * Starts connecting and returns at once, whether or not the broker is available.
   *
   * @param columns cells per row
   * @param rows rows of cells
   * @param clock stamps records when they are sent
   * @throws IllegalArgumentException if the grid is too fine, or Kafka rejects a property
   * @throws IOException if the spool folder cannot be used
   */
  public KafkaObstacleSink(
      KafkaClientConfig kafka,
      TopicSpec topic,
      int columns,
      int rows,
      CameraIdentity identity,
      InstantSource clock)
      throws IOException {
    this(kafka, topic, columns, rows, identity, map -> identity, clock);
  }

  /**
   * @param cameras the camera's current identity for a map, such as with new intrinsics; its key
   *     must not change
   */
  public KafkaObstacleSink(
      KafkaClientConfig kafka,
      TopicSpec topic,
      int columns,
      int rows,
      CameraIdentity identity,
      Function<DepthMap, CameraIdentity> cameras,
      InstantSource clock)
      throws IOException {
    this.identity = identity;
    this.codec = new ObstacleGridCodec(cameras, columns, rows);
    this.publisher = new KafkaPublisher(kafka, topic, clock);
  }

  @Override
  public String name() {
    return "kafka-obstacles";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public void accept(DepthMap map) throws IOException {
    String id = DepthRecord.idOf(map.info());
    try {
      publisher.publish(
          new OutgoingRecord(
              identity.key(),
              CloudEvents.headers(TYPE, identity.source(), id, map.info().stampNanos()),
              codec.encode(map).toByteArray()));
    } catch (IOException e) {
      rejected.incrementAndGet();
      throw e;
    }
  }

  /** The publisher, for health reports. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  @Override
  public long lost() {
    return publisher.counts().lost() - rejected.get();
  }

  @Override
  public Map<String, Long> lossesByCause() {
    return publisher.counts().lostByCause();
  }

  /** See {@link KafkaPublisher#close}. */
  @Override
  public void close() {
    publisher.close();
  }
}
