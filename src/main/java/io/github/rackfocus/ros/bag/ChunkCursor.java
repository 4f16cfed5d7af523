package io.github.rackfocus.ros.bag;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Goes through the records of an unpacked chunk. For one thread. */
final class ChunkCursor {
  private final ByteBuffer content;
  private int next;
  private int offset;
  private @Nullable RecordHeader header;
  private ByteBuffer data = ByteBuffer.allocate(0);

  ChunkCursor(ByteBuffer content) {
    this.content = content;
  }

  /** Goes on at a place. */
  void moveTo(int place) {
    next = place;
  }

  /**
   * Reads the next record.
   *
   * @return false at the end, and where the content ends within a record
   * @throws BagException if the record's header is not sound
   */
  boolean next() throws BagException {
    long at = next;
    long headerBytes = length(at);
    long dataBytes = headerBytes < 0 ? -1 : length(at + 4 + headerBytes);
    if (dataBytes < 0) {
      return false;
    }
    header = RecordHeader.parse(content.slice(next + 4, (int) headerBytes));
    data =
        content.slice((int) (at + 8 + headerBytes), (int) dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    offset = next;
    next = (int) (at + 8 + headerBytes + dataBytes);
    return true;
  }

  /** Whether nothing is left after the last record. */
  boolean endedWell() {
    return next == content.limit();
  }

  /** Where the record is. */
  int offset() {
    return offset;
  }

  RecordHeader header() {
    if (header == null) {
      throw new IllegalStateException("no record was read yet");
    }
    return header;
  }

  /** The record's data, little endian: a view that holds as long as the chunk does. */
  ByteBuffer data() {
    return data;
  }

  /** A length at a place, or −1 where it, or what it announces, is not there. */
  private long length(long at) {
    if (at < 0 || at + 4 > content.limit()) {
      return -1;
    }
    long length = Integer.toUnsignedLong(content.getInt((int) at));
    return at + 4 + length > content.limit() ? -1 : length;
  }
}
