package io.github.rackfocus.ros.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** Socket options and blocking reads and writes for TCPROS connections. */
public final class Sockets {
  private static final int FIRST_BYTES = 64 << 10;

  private Sockets() {}

  /**
   * Sets no-delay and keep-alive. A vanished peer is detected after 60 s of silence and nine probes
   * 10 s apart, as in roscpp, instead of the two hours of Linux.
   */
  public static void configure(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 9);
    }
  }

  /**
   * @throws EOFException if the peer closes the connection before the buffer is full
   */
  public static void readFully(SocketChannel channel, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw new EOFException("connection closed by the peer");
      }
    }
  }

  /** Reads bytes; allocates memory as they arrive, since a length field cannot be trusted. */
  public static ByteBuffer readBytes(SocketChannel channel, int length) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(Math.min(length, FIRST_BYTES));
    while (true) {
      readFully(channel, in);
      if (in.capacity() == length) {
        return in.flip().order(ByteOrder.LITTLE_ENDIAN);
      }
      int more = (int) Math.min(length, 2L * in.capacity());
      in = ByteBuffer.allocate(more).put(in.flip());
    }
  }

  public static void writeFully(SocketChannel channel, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      channel.write(from);
    }
  }

  public static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The channel is abandoned in any case.
    }
  }
}
