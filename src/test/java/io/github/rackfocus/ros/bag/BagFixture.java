package io.github.rackfocus.ros.bag;

import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;

/**
 * Writes bags of format 2.0 after its description (wiki.ros.org/Bags/Format/2.0), for tests that
 * run without ROS. What ROS itself writes is read by the integration test.
 */
public final class BagFixture {
  private final String compression;
  private final int chunkBytes;
  private final ByteArrayOutputStream bag = new ByteArrayOutputStream();
  private final List<byte[]> connections = new ArrayList<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<byte[]> chunkInfos = new ArrayList<>();
  private ByteArrayOutputStream chunk = new ByteArrayOutputStream();
  private final Map<Integer, ByteArrayOutputStream> index = new LinkedHashMap<>();
  private int bagHeaderAt;

  /**
   * @param compression none, bz2, lz4 or, with blocks that refer to the one before, lz4-linked
   * @param chunkBytes after which a chunk ends
   */
  public BagFixture(String compression, int chunkBytes) {
    this.compression = compression;
    this.chunkBytes = chunkBytes;
    write(bag, "#ROSBAG V2.0\n".getBytes(StandardCharsets.US_ASCII));
    bagHeaderAt = bag.size();
    write(bag, bagHeader(0, 0, 0));
  }

  /** Adds a message as it was recorded at a time. */
  public <T extends Message> BagFixture add(String topic, long timeNanos, T message) {
    MessageType<T> type = type(message);
    ByteBuffer bytes = type.write(message);
    byte[] data = new byte[bytes.remaining()];
    bytes.get(data);
    return add(topic, type.name(), type.md5sum(), timeNanos, data);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Message> MessageType<T> type(T message) {
    return (MessageType<T>) message.type();
  }

  /** Adds bytes as a message. */
  public BagFixture add(String topic, String type, String md5sum, long timeNanos, byte[] data) {
    Integer known = ids.get(topic);
    int id = known == null ? ids.size() : known;
    if (known == null) {
      ids.put(topic, id);
      byte[] fields = fields("topic", text(topic), "type", text(type), "md5sum", text(md5sum));
      byte[] connection =
          record(fields("op", op(7), "conn", number(id), "topic", text(topic)), fields);
      connections.add(connection);
      write(chunk, connection);
    }
    ByteArrayOutputStream entries = index.computeIfAbsent(id, any -> new ByteArrayOutputStream());
    write(entries, time(timeNanos));
    write(entries, number(chunk.size()));
    write(chunk, record(fields("op", op(2), "conn", number(id), "time", time(timeNanos)), data));
    if (chunk.size() >= chunkBytes) {
      endChunk();
    }
    return this;
  }

  /** The bag as a recorder leaves it that came to its end. */
  public byte[] bytes() {
    endChunk();
    int indexAt = bag.size();
    connections.forEach(record -> write(bag, record));
    chunkInfos.forEach(record -> write(bag, record));
    byte[] whole = bag.toByteArray();
    byte[] header = bagHeader(indexAt, connections.size(), chunkInfos.size());
    System.arraycopy(header, 0, whole, bagHeaderAt, header.length);
    return whole;
  }

  /** The bag as a recorder leaves it that was killed: no index. */
  public byte[] unfinished() {
    endChunk();
    return bag.toByteArray();
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  private void endChunk() {
    if (index.isEmpty()) {
      return;
    }
    int position = bag.size();
    byte[] fields =
        fields("op", op(5), "compression", text(stored()), "size", number(chunk.size()));
    write(bag, record(fields, pack(chunk.toByteArray())));
    ByteArrayOutputStream counts = new ByteArrayOutputStream();
    index.forEach((id, entries) -> {
      byte[] data = entries.toByteArray();
      write(
          bag,
          record(
              fields(
                  "op",
                  op(4),
                  "ver",
                  number(1),
                  "conn",
                  number(id),
                  "count",
                  number(data.length / 12)),
              data));
      write(counts, number(id));
      write(counts, number(data.length / 12));
    });
    chunkInfos.add(
        record(
            fields(
                "op",
                op(6),
                "ver",
                number(1),
                "chunk_pos",
                position(position),
                "start_time",
                time(0),
                "end_time",
                time(0),
                "count",
                number(index.size())),
            counts.toByteArray()));
    index.clear();
    chunk = new ByteArrayOutputStream();
  }

  private byte[] pack(byte[] plain) {
    if (compression.equals("none")) {
      return plain;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private OutputStream packer(OutputStream to) throws IOException {
    return switch (compression) {
      case "bz2" -> new BZip2CompressorOutputStream(to);
      case "lz4-linked" ->
          new FramedLZ4CompressorOutputStream(
              to,
              new FramedLZ4CompressorOutputStream.Parameters(
                  FramedLZ4CompressorOutputStream.BlockSize.K64, true, true, true));
      default -> new LZ4FrameOutputStream(to);
    };
  }

  private String stored() {
    return compression.replace("-linked", "");
  }

  private static byte[] bagHeader(long indexAt, int connections, int chunks) {
    byte[] fields =
        fields(
            "op",
            op(3),
            "index_pos",
            position(indexAt),
            "conn_count",
            number(connections),
            "chunk_count",
            number(chunks));
    byte[] padding = new byte[4096 - 8 - fields.length];
    java.util.Arrays.fill(padding, (byte) ' ');
    return record(fields, padding);
  }

  static byte[] record(byte[] header, byte[] data) {
    return little(8 + header.length + data.length)
        .putInt(header.length)
        .put(header)
        .putInt(data.length)
        .put(data)
        .array();
  }

  static byte[] fields(Object... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      byte[] name = text(namesAndValues[i] + "=");
      byte[] value = (byte[]) namesAndValues[i + 1];
      write(out, number(name.length + value.length));
      write(out, name);
      write(out, value);
    }
    return out.toByteArray();
  }

  static byte[] op(int op) {
    return new byte[] {(byte) op};
  }

  static byte[] number(int value) {
    return little(4).putInt(value).array();
  }

  static byte[] position(long value) {
    return little(8).putLong(value).array();
  }

  static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] time(long nanos) {
    return little(8)
        .putInt((int) (nanos / 1_000_000_000L))
        .putInt((int) (nanos % 1_000_000_000L))
        .array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void write(ByteArrayOutputStream out, byte[] bytes) {
    out.write(bytes, 0, bytes.length);
  }
}
