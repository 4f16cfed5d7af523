package io.github.rackfocus.kafka.spool;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent to a topic. Once handed over, its bytes belong to the publisher.
 *
 * @param key selects the partition; records with the same key stay in order
 * @param headers in order
 * @param value the message
 */
public record OutgoingRecord(String key, List<Header> headers, byte[] value) {
  /** Upper bound for the bytes that key, headers and framing add to the value in a request. */
  public static final int OVERHEAD_BYTES = 1024;

  /** The CloudEvents id for log messages; "?" if there is none. */
  public String id() {
    @Nullable Header id = null;
    for (Header header : headers) {
      if (header.key().equals("ce_id")) {
        id = header;
      }
    }
    return id == null ? "?" : new String(id.value(), StandardCharsets.UTF_8);
  }
}
