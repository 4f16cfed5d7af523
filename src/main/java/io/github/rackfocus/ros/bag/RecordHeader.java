package io.github.rackfocus.ros.bag;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The header of a bag record: its named fields. The data of a connection record has the same form.
 * Values are little endian.
 */
final class RecordHeader {
  static final int OP_MESSAGE = 0x02;
  static final int OP_BAG = 0x03;
  static final int OP_INDEX = 0x04;
  static final int OP_CHUNK = 0x05;
  static final int OP_CHUNK_INFO = 0x06;
  static final int OP_CONNECTION = 0x07;

  private static final long NANOS = 1_000_000_000L;

  private final Map<String, ByteBuffer> fields = new LinkedHashMap<>();

  private RecordHeader() {}

  /**
   * Reads all fields of a buffer.
   *
   * @throws BagException if the fields do not fill the buffer or one has no name
   */
  static RecordHeader parse(ByteBuffer in) throws BagException {
    RecordHeader header = new RecordHeader();
    in.order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long length = in.remaining() < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
      if (length < 0 || length > in.remaining()) {
        throw new BagException(
            "a header field of " + length + " bytes; expected at most " + in.remaining());
      }
      ByteBuffer field = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
      in.position(in.position() + (int) length);
      int split = 0;
      while (split < field.limit() && field.get(split) != '=') {
        split++;
      }
      if (split == 0 || split == field.limit()) {
        throw new BagException("a header field without a name");
      }
      String name = StandardCharsets.UTF_8.decode(field.slice(0, split)).toString();
      header.fields.put(
          name, field.slice(split + 1, field.limit() - split - 1).order(ByteOrder.LITTLE_ENDIAN));
    }
    return header;
  }

  /** Returns the type of the record. */
  int op() throws BagException {
    return value("op", 1).get(0) & 0xff;
  }

  /** Returns an unsigned 32-bit number, which must fit an int. */
  int count(String name) throws BagException {
    int value = value(name, 4).getInt(0);
    if (value < 0) {
      throw new BagException(
          "field " + name + " is " + Integer.toUnsignedLong(value) + "; expected less than 2^31");
    }
    return value;
  }

  /** Returns a 64-bit number. */
  long position(String name) throws BagException {
    return value(name, 8).getLong(0);
  }

  /** Returns a time, nanoseconds since 1970. */
  long timeNanos(String name) throws BagException {
    ByteBuffer value = value(name, 8);
    return NANOS * Integer.toUnsignedLong(value.getInt(0))
        + Integer.toUnsignedLong(value.getInt(4));
  }

  String text(String name) throws BagException {
    ByteBuffer value = fields.get(name);
    if (value == null) {
      throw new BagException("field " + name + " is missing");
    }
    return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
  }

  String textOr(String name, String otherwise) throws BagException {
    return fields.containsKey(name) ? text(name) : otherwise;
  }

  private ByteBuffer value(String name, int bytes) throws BagException {
    ByteBuffer value = fields.get(name);
    if (value == null) {
      throw new BagException("field " + name + " is missing");
    }
    if (value.limit() != bytes) {
      throw new BagException(
          "field " + name + " has " + value.limit() + " bytes; expected " + bytes);
    }
    return value;
  }
}
