package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthFrameCodec;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.header.Header;

/**
 * Creates records from depth maps: a {@code DepthFrame} as value, the camera as key. Reuses its
 * encoder's memory. Not thread-safe.
 */
public final class DepthRecord {
  static final String TYPE = "rackfocus.depth.v1";

  private final CameraIdentity identity;
  private final DepthFrameCodec codec;

  /** Creates records for the maps of one camera. */
  public DepthRecord(KafkaDepthSinkConfig config, CameraIdentity identity) {
    this(config, identity, map -> identity);
  }

  /**
   * @param cameras the camera's current identity for a map; its key must not change
   */
  DepthRecord(
      KafkaDepthSinkConfig config,
      CameraIdentity identity,
      Function<DepthMap, CameraIdentity> cameras) {
    this.identity = identity;
    this.codec = new DepthFrameCodec(cameras, config.packing(), config.uncertainty(), config.age());
  }

  /** Creates the record of a map; does not keep a reference to it. */
  public OutgoingRecord of(DepthMap map) {
    List<Header> headers =
        CloudEvents.headers(TYPE, identity.source(), idOf(map.info()), map.info().stampNanos());
    return new OutgoingRecord(identity.key(), headers, codec.encode(map).toByteArray());
  }

  /** Returns the id of a map, which is that of its reference frame. */
  static String idOf(DepthInfo info) {
    return CloudEvents.idOf(info.stampNanos(), info.sequence());
  }
}
