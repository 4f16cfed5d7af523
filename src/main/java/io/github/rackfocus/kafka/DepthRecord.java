package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Makes records of depth maps: the frame as value, the camera as key, and the headers of
 * CloudEvents 1.0 in binary mode, by which consumers tell duplicates ({@code ce_source} and {@code
 * ce_id}) without parsing the value. Immutable, thread-safe.
 */
final class DepthRecord {
  static final String TYPE = "rackfocus.depth.v1";
  private static final long NANOS = 1_000_000_000L;
  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

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
    List<Header> headers =
        List.of(
            header("ce_specversion", "1.0"),
            header("ce_type", TYPE),
            header("ce_source", identity.source()),
            header("ce_id", idOf(map.info())),
            header("ce_time", timeOf(map.info().stampNanos())),
            header("content-type", "application/protobuf"));
    return new ProducerRecord<>(topic, null, clock.millis(), identity.key(), value, headers);
  }

  /** {@code stampNanos-sequence} of the reference frame: the same however often it is sent. */
  static String idOf(DepthInfo info) {
    return info.stampNanos() + "-" + info.sequence();
  }

  /** RFC 3339 with nine fractional digits. */
  static String timeOf(long stampNanos) {
    return RFC_3339.format(
        Instant.ofEpochSecond(Math.floorDiv(stampNanos, NANOS), Math.floorMod(stampNanos, NANOS)));
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
