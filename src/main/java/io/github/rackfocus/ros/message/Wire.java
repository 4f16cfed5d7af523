package io.github.rackfocus.ros.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes single values in the ROS serialisation, for the generated messages. All buffers
 * are little endian. ASCII strings are written without allocation, and read without allocation if
 * they have not changed.
 */
public final class Wire {
  private static final long NANOS = 1_000_000_000L;
  private static final long MAX_SECONDS = (1L << 32) - 1;

  private Wire() {}

  public static void writeUint8(ByteBuffer out, int value) {
    out.put((byte) checkUnsigned(value, 8));
  }

  public static void writeUint16(ByteBuffer out, int value) {
    out.putShort((short) checkUnsigned(value, 16));
  }

  public static void writeUint32(ByteBuffer out, long value) {
    out.putInt((int) checkUnsigned(value, 32));
  }

  private static long checkUnsigned(long value, int bits) {
    if (value < 0 || value >= 1L << bits) {
      throw new IllegalArgumentException(value + " does not fit uint" + bits);
    }
    return value;
  }

  /**
   * Reads a time, nanoseconds since 1970; the wire format ends in 2106.
   *
   * @throws MalformedMessageException if more than a second of nanoseconds leads beyond its end
   */
  public static long readTime(ByteBuffer in) {
    long seconds = Integer.toUnsignedLong(in.getInt());
    long nanos = Integer.toUnsignedLong(in.getInt());
    if (seconds + nanos / NANOS > MAX_SECONDS) {
      // It could not be written again, into the header of a depth map for example.
      throw new MalformedMessageException(
          "time has "
              + seconds
              + " s and "
              + nanos
              + " ns; expected at most "
              + MAX_SECONDS
              + " s in all");
    }
    return seconds * NANOS + nanos;
  }

  public static void writeTime(ByteBuffer out, long nanos) {
    writeUint32(out, Math.floorDiv(nanos, NANOS));
    out.putInt((int) Math.floorMod(nanos, NANOS));
  }

  public static long readDuration(ByteBuffer in) {
    long seconds = in.getInt();
    return seconds * NANOS + in.getInt();
  }

  public static void writeDuration(ByteBuffer out, long nanos) {
    out.putInt(Math.toIntExact(Math.floorDiv(nanos, NANOS)));
    out.putInt((int) Math.floorMod(nanos, NANOS));
  }

  /** Returns the size of a string in bytes, including its length field. */
  public static long sizeOf(String text) {
    long size = 4L + text.length();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return 4L + text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return size;
  }

  public static void writeString(ByteBuffer out, String text) {
    int start = out.position();
    out.putInt(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.position(start).putInt(bytes.length).put(bytes);
        return;
      }
      out.put((byte) c);
    }
  }

  /** Reads a string; returns {@code before} itself if it is equal. */
  public static String readString(ByteBuffer in, String before) {
    int length = readCount(in, 1);
    if (length == before.length() && sameAscii(in, before)) {
      in.position(in.position() + length);
      return before;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean sameAscii(ByteBuffer in, String text) {
    int start = in.position();
    for (int i = 0; i < text.length(); i++) {
      byte b = in.get(start + i);
      if (b < 0 || b != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the length of an array and checks it against the remaining bytes.
   *
   * @param leastSize minimum size of an element, bytes
   */
  public static int readCount(ByteBuffer in, int leastSize) {
    long count = Integer.toUnsignedLong(in.getInt());
    if (count * leastSize > in.remaining()) {
      throw new MalformedMessageException(
          "array has "
              + count
              + " elements of at least "
              + leastSize
              + " bytes; expected at most "
              + in.remaining()
              + " remaining bytes");
    }
    return (int) count;
  }

  /** Creates views of a buffer; reuses the last one for the same bytes of the same buffer. */
  public static final class Bytes {
    private @Nullable ByteBuffer source;
    private int offset;
    private @Nullable ByteBuffer view;

    /**
     * Returns a view of the next {@code length} bytes and advances {@code in} past them.
     *
     * @throws BufferUnderflowException if fewer bytes remain
     */
    public ByteBuffer read(ByteBuffer in, int length) {
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      ByteBuffer found = view;
      if (found == null || source != in || offset != in.position() || found.capacity() != length) {
        found = in.slice(in.position(), length);
        view = found;
        source = in;
        offset = in.position();
      }
      in.position(in.position() + length);
      return found.clear().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Writes the bytes between position and limit; changes neither. */
  public static void writeBytes(ByteBuffer out, ByteBuffer bytes) {
    int length = bytes.remaining();
    out.put(out.position(), bytes, bytes.position(), length);
    out.position(out.position() + length);
  }

  public static void checkLength(int found, int expected, String field) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "array " + field + " has " + found + " elements; expected " + expected);
    }
  }

  /** Truncates a list, or extends it with new elements, to a size; returns it. */
  public static <T> List<T> resize(List<T> list, int size, Supplier<? extends T> fresh) {
    if (list.size() > size) {
      list.subList(size, list.size()).clear();
    }
    while (list.size() < size) {
      list.add(fresh.get());
    }
    return list;
  }
}
