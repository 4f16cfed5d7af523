package io.github.rackfocus.kafka.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The file format of a spool segment: a header followed by frames; numbers are big-endian.
 *
 * <pre>
 * segment: "RKFSPL01"  index of the first frame (8)
 * frame:   length of the body (4)  CRC32C of the body (4)  body
 * body:    index (8)  key  number of headers (1)  {name value}...  message (the rest)
 *          key, name and value are each a length (2) followed by that many bytes
 * </pre>
 */
final class SpoolFormat {
  static final long MAGIC = 0x524b_4653_504c_3031L;
  static final int SEGMENT_HEADER = 16;
  static final int FRAME_HEADER = 8;

  /** More than any record that a publisher accepts; a larger length is damage. */
  static final int MAX_FRAME = 128 << 20;

  private static final int MIN_BODY = 8 + 2 + 1;
  private static final int MAX_SHORT = 0xffff;

  private SpoolFormat() {}

  /** Bytes of a record's frame, including its header. */
  static int frameBytes(OutgoingRecord record) {
    long bytes = FRAME_HEADER + MIN_BODY + utf8(record.key()).length + (long) record.value().length;
    for (Header header : record.headers()) {
      bytes += 4 + utf8(header.key()).length + header.value().length;
    }
    if (bytes > MAX_FRAME || record.headers().size() > 255) {
      throw new IllegalArgumentException(
          "record has "
              + bytes
              + " bytes and "
              + record.headers().size()
              + " headers; expected at most "
              + MAX_FRAME
              + " bytes and 255 headers");
    }
    return (int) bytes;
  }

  /** Writes a frame with its header at the buffer's position. */
  static void put(ByteBuffer into, long index, OutgoingRecord record) {
    int begin = into.position();
    into.putLong(0).putLong(index);
    putShort(into, utf8(record.key()));
    into.put((byte) record.headers().size());
    for (Header header : record.headers()) {
      putShort(into, utf8(header.key()));
      putShort(into, header.value());
    }
    into.put(record.value());
    int length = into.position() - begin - FRAME_HEADER;
    into.putInt(begin, length);
    into.putInt(begin + 4, checksum(into, begin + FRAME_HEADER, length));
  }

  /** CRC32C of a part of a buffer; does not change the buffer's position. */
  static int checksum(ByteBuffer buffer, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(from + length).position(from));
    return (int) crc.getValue();
  }

  /**
   * Parses a frame's body, whose checksum was already verified.
   *
   * @param body from the index to the end of the message
   * @return null if it is malformed
   */
  static Backlog.@Nullable Entry entry(ByteBuffer body) {
    if (body.remaining() < MIN_BODY) {
      return null;
    }
    long index = body.getLong();
    byte[] key = getShort(body);
    int count = body.hasRemaining() ? body.get() & 0xff : -1;
    List<Header> headers = new ArrayList<>(Math.max(0, count));
    for (int i = 0; i < count; i++) {
      byte[] name = getShort(body);
      byte[] value = getShort(body);
      if (name == null || value == null) {
        return null;
      }
      headers.add(new RecordHeader(new String(name, StandardCharsets.UTF_8), value));
    }
    if (key == null || count < 0) {
      return null;
    }
    byte[] message = new byte[body.remaining()];
    body.get(message);
    return new Backlog.Entry(
        index, new OutgoingRecord(new String(key, StandardCharsets.UTF_8), headers, message));
  }

  private static void putShort(ByteBuffer into, byte[] bytes) {
    if (bytes.length > MAX_SHORT) {
      throw new IllegalArgumentException(
          "key or header has " + bytes.length + " bytes; expected at most " + MAX_SHORT);
    }
    into.putShort((short) bytes.length).put(bytes);
  }

  private static byte @Nullable [] getShort(ByteBuffer from) {
    if (from.remaining() < 2) {
      return null;
    }
    int length = from.getShort() & MAX_SHORT;
    if (length > from.remaining()) {
      return null;
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  /** The cleared buffer, or a larger one if it is too small. */
  static ByteBuffer withCapacity(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes
        ? buffer.clear()
        : ByteBuffer.allocateDirect(Integer.highestOneBit(Math.max(1, bytes - 1)) * 2);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
