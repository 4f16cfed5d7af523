package io.github.rackfocus.kafka.spool;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to a topic. Its bytes belong to the publisher once it is handed over.
 *
 * @param key decides on the partition, in which records of one key stay in order
 * @param headers in order
 * @param value the message
 */
public record OutgoingRecord(String key, List<Header> headers, byte[] value) {
  /** What key, headers and framing of a record take at most in a request, besides its value. */
  public static final int OVERHEAD_BYTES = 1024;

  /** The CloudEvents id, for reports; "?" where there is none. */
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
