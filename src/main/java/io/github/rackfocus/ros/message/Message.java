package io.github.rackfocus.ros.message;

import java.nio.ByteBuffer;

/**
 * A ROS message with public, mutable fields. Unsigned numbers are held in the next larger Java type
 * (uint64 as the bits of a long), times as nanoseconds since 1970, byte arrays as the bytes between
 * position and limit of a buffer. Not thread-safe.
 */
public interface Message {
  /** The name, md5sum and definition that both ends of a connection compare. */
  MessageType<?> type();

  /** Bytes that {@link #write} puts. */
  long serializedSize();

  /**
   * Puts the message into a little-endian buffer with at least {@link #serializedSize} bytes left.
   *
   * @throws IllegalArgumentException if a value does not fit its type on the wire
   */
  void write(ByteBuffer out);

  /**
   * Takes the fields from a little-endian buffer. Byte arrays become views of that buffer and hold
   * as long as its contents do; other arrays and lists are used again where their length allows.
   *
   * @throws MalformedMessageException if a length does not fit what is left
   * @throws java.nio.BufferUnderflowException if the bytes end too early
   */
  void read(ByteBuffer in);
}
