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
 * Sends an {@code ObstacleGrid} of every map to Kafka, under the map's key and id; see {@link
 * ObstacleGridCodec} and {@link KafkaPublisher}. {@code accept} is for one thread.
 */
public final class KafkaObstacleSink implements DepthSink {
  static final String TYPE = "rackfocus.obstacles.v1";

  private final CameraIdentity identity;
  private final ObstacleGridCodec codec;
  private final KafkaPublisher publisher;
  private final AtomicLong refused = new AtomicLong();

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @param columns cells in a row
   * @param rows of cells
   * @param clock what records are stamped with when they are sent
   * @throws IllegalArgumentException for a grid that is too fine, or a setting that Kafka refuses
   * @throws IOException if the spool's folder can't be used
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
   * @param cameras what is known of the camera when a map is there, such as its intrinsics; the key
   *     is that of the identity
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
      refused.incrementAndGet();
      throw e;
    }
  }

  /** What sends the grids, for health. */
  public KafkaPublisher publisher() {
    return publisher;
  }

  @Override
  public long lost() {
    return publisher.counts().lost() - refused.get();
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
