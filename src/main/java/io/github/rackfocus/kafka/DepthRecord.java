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
 * Makes records of depth maps: the frame as value, the camera as key. For one thread: the encoder
 * keeps its memory.
 */
public final class DepthRecord {
  static final String TYPE = "rackfocus.depth.v1";

  private final CameraIdentity identity;
  private final DepthFrameCodec codec;

  /** Records of one camera's maps, in the form that a configuration asks for. */
  public DepthRecord(KafkaDepthSinkConfig config, CameraIdentity identity) {
    this(config, identity, map -> identity);
  }

  /**
   * @param cameras what is known of the camera when a map is there; its key is that of the identity
   */
  DepthRecord(
      KafkaDepthSinkConfig config, CameraIdentity identity, Function<DepthMap, CameraIdentity> cameras) {
    this.identity = identity;
    this.codec =
        new DepthFrameCodec(cameras, config.packing(), config.uncertainty(), config.age());
  }

  /** The record of a map, of which nothing is kept. */
  public OutgoingRecord of(DepthMap map) {
    List<Header> headers =
        CloudEvents.headers(TYPE, identity.source(), idOf(map.info()), map.info().stampNanos());
    return new OutgoingRecord(identity.key(), headers, codec.encode(map).toByteArray());
  }

  /** {@code stampNanos-sequence} of the reference frame: the same however often it is sent. */
  static String idOf(DepthInfo info) {
    return CloudEvents.idOf(info.stampNanos(), info.sequence());
  }
}
