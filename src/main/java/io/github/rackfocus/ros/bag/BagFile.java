package io.github.rackfocus.ros.bag;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes and records of a bag's file, every length held against what is left. For one thread. */
final class BagFile implements AutoCloseable {
  /** Longest header of a record; they hold a few numbers and a topic. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  /** Longest data that is read at once but for chunks: a connection's definitions, an index. */
  private static final int MAX_DATA_BYTES = 64 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  BagFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
    this.size = channel.size();
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /**
   * A record's header, and where its data lies.
   *
   * @param end of the record, the next one's place
   */
  record Entry(RecordHeader header, long dataPosition, long dataBytes, long end) {}

  /**
   * Reads the record at a place, but for its data.
   *
   * @throws EOFException if the file ends within the record; the data may still be read in part
   * @throws BagException if the header is not sound
   */
  Entry record(long position) throws IOException {
    long headerBytes = length(position, "header");
    if (headerBytes > MAX_HEADER_BYTES) {
      throw new BagException(
          at(position)
              + "a header of "
              + headerBytes
              + " bytes; expected at most "
              + MAX_HEADER_BYTES);
    }
    ByteBuffer bytes = read(position + 4, (int) headerBytes);
    RecordHeader header;
    try {
      header = RecordHeader.parse(bytes);
    } catch (BagException e) {
      throw new BagException(at(position) + e.getMessage(), e);
    }
    long dataBytes = length(position + 4 + headerBytes, "data");
    long data = position + 8 + headerBytes;
    return new Entry(header, data, dataBytes, data + dataBytes);
  }

  /**
   * The data of a record other than a chunk.
   *
   * @throws EOFException if the file ends within it
   */
  ByteBuffer data(Entry entry) throws IOException {
    if (entry.dataBytes() > MAX_DATA_BYTES) {
      throw new BagException(
          at(entry.dataPosition())
              + "data of "
              + entry.dataBytes()
              + " bytes; expected at most "
              + MAX_DATA_BYTES);
    }
    return read(entry.dataPosition(), (int) entry.dataBytes());
  }

  /**
   * Reads bytes into a new buffer, little endian.
   *
   * @throws EOFException if the file ends before; no memory is taken then
   */
  ByteBuffer read(long position, int bytes) throws IOException {
    if (position < 0 || bytes > size - position) {
      throw new EOFException(
          at(position) + bytes + " bytes are missing: the bag breaks off at byte " + size);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(at(position) + "the bag was shortened while it was read");
      }
    }
    return buffer.flip();
  }

  /** The beginning of a message about a place in the file. */
  String at(long position) {
    return path + ": at byte " + position + ": ";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private long length(long position, String of) throws IOException {
    long length = Integer.toUnsignedLong(read(position, 4).getInt(0));
    if (of.equals("header") && length > size - position) {
      throw new EOFException(
          at(position) + "a header of " + length + " bytes: the bag breaks off at byte " + size);
    }
    return length;
  }
}
