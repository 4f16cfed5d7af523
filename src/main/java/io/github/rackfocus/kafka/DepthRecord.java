package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Makes records of depth maps: the frame as value, the camera as key, and the headers of
 * CloudEvents 1.0 in binary mode, by which consumers tell duplicates ({@code ce_source} and {@code
 * ce_id}) without parsing the value. Immutable, thread-safe.
 */
final class DepthRecord {
  static final String TYPE = "rackfocus.depth.v1";

  private final String topic;
  private final CameraIdentity identity;
  private final DepthFrameCodec codec;
  private final InstantSource clock;

  DepthRecord(KafkaSinkConfig config, CameraIdentity identity, InstantSource clock) {
    this.topic = config.topic();
    this.identity = identity;
    this.codec = new DepthFrameCodec(identity, config.packing(), config.withUncertainty());
    this.clock = clock;
  }

  /** The record of a map, stamped with the present time; any partition the key leads to. */
  ProducerRecord<String, byte[]> of(DepthMap map) {
    byte[] value = codec.encode(map).toByteArray();
    DepthInfo info = map.info();
    List<Header> headers =
        CloudEvents.headers(TYPE, identity.source(), idOf(info), info.stampNanos());
    return new ProducerRecord<>(topic, null, clock.millis(), identity.key(), value, headers);
  }

  /** {@code stampNanos-sequence} of the reference frame: the same however often it is sent. */
  static String idOf(DepthInfo info) {
    return CloudEvents.idOf(info.stampNanos(), info.sequence());
  }
}
