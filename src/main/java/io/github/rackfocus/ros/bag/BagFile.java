package io.github.rackfocus.ros.bag;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads bytes and records of a bag, checking every length. Not thread-safe. */
final class BagFile implements AutoCloseable {
  /** Longest accepted record header; headers hold a few numbers and a topic. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  /** Longest accepted data of a record other than a chunk: a message definition or an index. */
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
   * A record's header and the position of its data.
   *
   * @param end of the record, which is the position of the next one
   */
  record Entry(RecordHeader header, long dataPosition, long dataBytes, long end) {}

  /**
   * Reads a record without its data.
   *
   * @throws EOFException if the file ends within the header
   * @throws BagException if the header is invalid
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
   * Reads the data of a record other than a chunk.
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
   * @throws EOFException if the file ends before; nothing is allocated then
   */
  ByteBuffer read(long position, int bytes) throws IOException {
    if (position < 0 || bytes > size - position) {
      throw new EOFException(
          at(position) + bytes + " bytes are missing: the bag is truncated at byte " + size);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(at(position) + "the bag was truncated while being read");
      }
    }
    return buffer.flip();
  }

  /** Returns the prefix of a message about a position in the file. */
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
          at(position) + "a header of " + length + " bytes: the bag is truncated at byte " + size);
    }
    return length;
  }
}
