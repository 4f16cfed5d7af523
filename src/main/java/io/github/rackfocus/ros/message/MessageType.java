package io.github.rackfocus.ros.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * What a message type is called, and what both ends compare before they talk.
 *
 * @param name package and type, e.g. {@code sensor_msgs/Image}
 * @param md5sum by ROS's rules, 32 hexadecimal digits
 * @param definition the full text, with those of all types it contains
 * @param factory makes an empty message
 */
public record MessageType<T extends Message>(
    String name, String md5sum, String definition, Supplier<T> factory) {
  /**
   * Reads all that is left of a buffer into a message; the buffer's byte order becomes little
   * endian.
   *
   * @throws MalformedMessageException if the bytes are too few, too many, or contradict themselves
   */
  public void read(ByteBuffer in, T into) {
    int size = in.remaining();
    try {
      into.read(in.order(ByteOrder.LITTLE_ENDIAN));
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException(
          "a " + name + " of " + size + " bytes ends inside a field");
    }
    if (in.hasRemaining()) {
      throw new MalformedMessageException(
          "a " + name + " of " + size + " bytes has " + in.remaining() + " left over");
    }
  }

  /** The message in a heap buffer of its own, ready to be read. */
  public ByteBuffer write(T message) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(message.serializedSize()))
            .order(ByteOrder.LITTLE_ENDIAN);
    message.write(out);
    return out.flip();
  }
}
