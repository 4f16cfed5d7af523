package io.github.rackfocus.ros.bag;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Iterates over the records of a decompressed chunk. Not thread-safe. */
final class ChunkCursor {
  private final ByteBuffer content;
  private int next;
  private int offset;
  private @Nullable RecordHeader header;
  private ByteBuffer data = ByteBuffer.allocate(0);

  ChunkCursor(ByteBuffer content) {
    this.content = content;
  }

  /** Moves to the record at an offset. */
  void moveTo(int position) {
    next = position;
  }

  /**
   * Reads the next record.
   *
   * @return false at the end of the content or if it ends within a record
   * @throws BagException if the record's header is invalid
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

  /** Returns whether the last record ended exactly at the end of the content. */
  boolean isAtEnd() {
    return next == content.limit();
  }

  /** Returns the offset of the record. */
  int offset() {
    return offset;
  }

  RecordHeader header() {
    if (header == null) {
      throw new IllegalStateException("no record has been read yet");
    }
    return header;
  }

  /** Returns the record's data, little endian: a view that is valid as long as the chunk. */
  ByteBuffer data() {
    return data;
  }

  /** Returns the length field at a position, or −1 if the content ends before or within it. */
  private long length(long at) {
    if (at < 0 || at + 4 > content.limit()) {
      return -1;
    }
    long length = Integer.toUnsignedLong(content.getInt((int) at));
    return at + 4 + length > content.limit() ? -1 : length;
  }
}
