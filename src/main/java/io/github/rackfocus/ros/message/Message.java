package io.github.rackfocus.ros.message;

import java.nio.ByteBuffer;

/**
 * A ROS message with public, mutable fields. Unsigned numbers are stored in the next larger Java
 * type (uint64 as the bits of a long), times as nanoseconds since 1970, byte arrays as the bytes
 * between position and limit of a buffer. Not thread-safe.
 */
public interface Message {
  /** Returns the name, md5sum and definition, which both ends of a connection compare. */
  MessageType<?> type();

  /** Returns the number of bytes that {@link #write} writes. */
  long serializedSize();

  /**
   * Writes the message to a little-endian buffer with at least {@link #serializedSize} bytes left.
   *
   * @throws IllegalArgumentException if a value does not fit its type on the wire
   */
  void write(ByteBuffer out);

  /**
   * Reads the fields from a little-endian buffer. Byte arrays become views of that buffer and are
   * valid as long as its content is; other arrays and lists are reused if their length allows.
   *
   * @throws MalformedMessageException if a length exceeds the remaining bytes
   * @throws java.nio.BufferUnderflowException if the bytes end too early
   */
  void read(ByteBuffer in);
}
