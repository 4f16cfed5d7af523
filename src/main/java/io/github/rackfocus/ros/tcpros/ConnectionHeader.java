package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connection header that each end of a TCPROS connection sends first. Not thread-safe. */
public final class ConnectionHeader {
  /** Longest accepted header; definitions of the largest known messages are below 32 kB. */
  static final int MAX_BYTES = 256 << 10;

  private final Map<String, String> fields = new LinkedHashMap<>();

  public ConnectionHeader with(String name, String value) {
    fields.put(name, value);
    return this;
  }

  public @Nullable String get(String name) {
    return fields.get(name);
  }

  public String getOr(String name, String otherwise) {
    return fields.getOrDefault(name, otherwise);
  }

  /** Returns the header, little endian, preceded by its length. */
  ByteBuffer encode() {
    int size = 0;
    for (Map.Entry<String, String> field : fields.entrySet()) {
      size += 4 + bytes(field).length;
    }
    ByteBuffer out = ByteBuffer.allocate(4 + size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(size);
    for (Map.Entry<String, String> field : fields.entrySet()) {
      byte[] bytes = bytes(field);
      out.putInt(bytes.length).put(bytes);
    }
    return out.flip();
  }

  private static byte[] bytes(Map.Entry<String, String> field) {
    return (field.getKey() + "=" + field.getValue()).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a header without its length.
   *
   * @throws MalformedMessageException if the fields do not fill the buffer or one has no name
   */
  static ConnectionHeader decode(ByteBuffer in) {
    ConnectionHeader header = new ConnectionHeader();
    in.order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long length = in.remaining() < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
      if (length < 0 || length > in.remaining()) {
        throw new MalformedMessageException(
            "malformed connection header: field has "
                + length
                + " bytes; expected at most "
                + in.remaining());
      }
      byte[] bytes = new byte[(int) length];
      in.get(bytes);
      String field = new String(bytes, StandardCharsets.UTF_8);
      int split = field.indexOf('=');
      if (split <= 0) {
        throw new MalformedMessageException(
            "malformed connection header: field without a name; expected name=value");
      }
      header.fields.put(field.substring(0, split), field.substring(split + 1));
    }
    return header;
  }

  /** Reads from a blocking channel. */
  public static ConnectionHeader read(SocketChannel channel) throws IOException {
    ByteBuffer length = Sockets.readBytes(channel, 4);
    long size = Integer.toUnsignedLong(length.getInt(0));
    if (size > MAX_BYTES) {
      throw new MalformedMessageException(
          "malformed connection header: " + size + " bytes; expected at most " + MAX_BYTES);
    }
    return decode(Sockets.readBytes(channel, (int) size));
  }

  public void write(SocketChannel channel) throws IOException {
    Sockets.writeFully(channel, encode());
  }
}
