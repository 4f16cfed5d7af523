package io.github.rackfocus.kafka.spool;

import io.github.rackfocus.common.ErrorMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the records of segments in order. Not thread-safe. */
final class SpoolCursor {
  private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
  private @Nullable SpoolSegment segment;
  private long offset;
  private long index;

  /**
   * Reads a record.
   *
   * @param from a segment that contains the index
   * @throws IOException if the segment is damaged before or at the record, or cannot be read; the
   *     message names the file
   */
  Backlog.Entry read(SpoolSegment from, long wanted) throws IOException {
    if (segment != from || index > wanted) {
      segment = from;
      offset = SpoolFormat.SEGMENT_HEADER;
      index = from.first();
    }
    while (true) {
      Backlog.Entry entry = next(from);
      if (entry == null) {
        throw new IOException(from.file() + " is damaged from byte " + offset + " on");
      }
      if (entry.index() >= wanted) {
        return entry;
      }
    }
  }

  private Backlog.@Nullable Entry next(SpoolSegment from) throws IOException {
    try {
      int length = from.bodyLength(offset);
      if (length <= 0) {
        return null;
      }
      int frame = SpoolFormat.FRAME_HEADER + length;
      buffer = SpoolFormat.withCapacity(buffer, frame);
      Backlog.Entry entry = from.entry(offset, length, buffer, index);
      if (entry != null) {
        offset += frame;
        index++;
      }
      return entry;
    } catch (IOException e) {
      throw new IOException(from.file() + " cannot be read: " + ErrorMessages.of(e), e);
    }
  }

  /** Starts from the beginning of a segment with the next read. */
  void reset() {
    segment = null;
  }
}
