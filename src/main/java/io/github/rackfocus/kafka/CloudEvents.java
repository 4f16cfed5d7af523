package io.github.rackfocus.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 headers in binary mode, with which consumers recognise types and duplicates
 * ({@code ce_source} and {@code ce_id}) without parsing a record's value.
 */
public final class CloudEvents {
  public static final String TYPE_HEADER = "ce_type";
  static final String PROTOBUF = "application/protobuf";
  static final String JSON = "application/json";
  private static final long NANOS = 1_000_000_000L;
  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private CloudEvents() {}

  /**
   * Returns the headers of a record whose value is Protobuf.
   *
   * @param type such as {@code rackfocus.depth.v1}
   * @param source {@code /robot/camera}
   * @param id the same for every repetition of the event
   * @param stampNanos capture time, nanoseconds since 1970
   */
  static List<Header> headers(String type, String source, String id, long stampNanos) {
    return headers(type, source, id, stampNanos, PROTOBUF);
  }

  /** Returns the headers of a record with another content type. */
  static List<Header> headers(
      String type, String source, String id, long stampNanos, String contentType) {
    return List.of(
        header("ce_specversion", "1.0"),
        header(TYPE_HEADER, type),
        header("ce_source", source),
        header("ce_id", id),
        header("ce_time", timeOf(stampNanos)),
        header("content-type", contentType));
  }

  /**
   * Returns {@code stampNanos-sequence}: the id of a frame and of the map it is the reference of.
   */
  static String idOf(long stampNanos, long sequence) {
    return stampNanos + "-" + sequence;
  }

  /** Formats a time as RFC 3339 with nine fractional digits. */
  static String timeOf(long stampNanos) {
    return RFC_3339.format(
        Instant.ofEpochSecond(Math.floorDiv(stampNanos, NANOS), Math.floorMod(stampNanos, NANOS)));
  }

  /** Creates a text header. */
  public static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the text of the last header with a name, or null. */
  public static @Nullable String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    byte[] value = header == null ? null : header.value();
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }
}
