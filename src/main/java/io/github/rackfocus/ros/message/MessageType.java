package io.github.rackfocus.ros.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * A message type: its name and what both ends of a connection compare.
 *
 * @param name package and type, e.g. {@code sensor_msgs/Image}
 * @param md5sum by the rules of ROS, 32 hexadecimal digits
 * @param definition the full text, including the definitions of all nested types
 * @param factory creates an empty message
 */
public record MessageType<T extends Message>(
    String name, String md5sum, String definition, Supplier<T> factory) {
  /**
   * Reads all remaining bytes of a buffer into a message. Sets the buffer's byte order to little
   * endian.
   *
   * @throws MalformedMessageException if the bytes are too few, too many or inconsistent
   */
  public void read(ByteBuffer in, T into) {
    int size = in.remaining();
    try {
      into.read(in.order(ByteOrder.LITTLE_ENDIAN));
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException(name + " of " + size + " bytes ends within a field");
    }
    if (in.hasRemaining()) {
      throw new MalformedMessageException(
          name + " of " + size + " bytes has " + in.remaining() + " bytes left over");
    }
  }

  /** Returns the message in a new heap buffer, ready to be read. */
  public ByteBuffer write(T message) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(message.serializedSize()))
            .order(ByteOrder.LITTLE_ENDIAN);
    message.write(out);
    return out.flip();
  }
}
