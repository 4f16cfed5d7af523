package io.github.rackfocus.kafka.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file of a spool: frames with consecutive indices, see {@link SpoolFormat}. Only complete frames
 * count; the remains of a failed write are truncated. Not thread-safe.
 */
final class SpoolSegment implements Closeable {
  static final String SUFFIX = ".spool";

  private final Path file;
  private final FileChannel channel;
  private final long first;
  private long end;
  private long size;
  private long newestNanos;
  private final long createdNanos;

  private SpoolSegment(Path file, FileChannel channel, long first, long createdNanos) {
    this.file = file;
    this.channel = channel;
    this.first = first;
    this.end = first;
    this.createdNanos = createdNanos;
    this.newestNanos = createdNanos;
  }

  static String nameOf(long first) {
    return String.format(Locale.ROOT, "%020d", first) + SUFFIX;
  }

  /** The index of the first frame according to the file's name, or −1 if it is not a segment. */
  static long firstOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.matches("\\d{20}" + SUFFIX.replace(".", "\\."))
        ? parsed(name.substring(0, 20))
        : -1;
  }

  private static long parsed(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1; // Twenty digits may exceed a long.
    }
  }

  /** Creates an empty segment; deletes the file if that fails. */
  static SpoolSegment create(Path folder, long first, long nowNanos) throws IOException {
    Path file = folder.resolve(nameOf(first));
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    SpoolSegment segment = new SpoolSegment(file, channel, first, nowNanos);
    try {
      ByteBuffer header = ByteBuffer.allocate(SpoolFormat.SEGMENT_HEADER);
      segment.write(header.putLong(SpoolFormat.MAGIC).putLong(first).flip());
      return segment;
    } catch (IOException e) {
      segment.delete();
      throw e;
    }
  }

  /**
   * Opens a segment of an earlier process.
   *
   * @param newestNanos when its newest record was written, on this process's monotonic clock
   * @return null if the file has no valid segment header
   */
  static @Nullable SpoolSegment open(Path file, long newestNanos) throws IOException {
    long first = firstOf(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    SpoolSegment segment = new SpoolSegment(file, channel, first, newestNanos);
    try {
      segment.size = channel.size();
      ByteBuffer header = ByteBuffer.allocate(SpoolFormat.SEGMENT_HEADER);
      if (segment.read(header, 0)
          && header.getLong(0) == SpoolFormat.MAGIC
          && header.getLong(8) == first) {
        return segment;
      }
      channel.close();
      return null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  /** Index of the first frame. */
  long first() {
    return first;
  }

  /** One past the index of the last frame; an upper bound until the segment was scanned. */
  long end() {
    return end;
  }

  /** Sets the upper bound of a segment that was not scanned. */
  void limitEnd(long index) {
    end = index;
  }

  /** Bytes of the header and the complete frames. */
  long size() {
    return size;
  }

  /** When the segment was created, monotonic. */
  long createdNanos() {
    return createdNanos;
  }

  /** When its newest record was written, monotonic. */
  long newestNanos() {
    return newestNanos;
  }

  /**
   * Appends a frame.
   *
   * @throws IOException if it could not be written; the segment is unchanged
   */
  void append(ByteBuffer frame, long nowNanos, boolean sync) throws IOException {
    write(frame);
    if (sync) {
      channel.force(false);
    }
    end++;
    newestNanos = nowNanos;
  }

  private void write(ByteBuffer bytes) throws IOException {
    long at = size;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
      size = at;
    } catch (IOException e) {
      try {
        channel.truncate(size);
      } catch (IOException truncation) {
        e.addSuppressed(truncation);
      }
      throw e;
    }
  }

  /**
   * Length of the body of the frame that starts at an offset.
   *
   * @return 0 at the end of the segment, −1 if there is no valid frame
   */
  int bodyLength(long offset) throws IOException {
    if (offset == size) {
      return 0;
    }
    ByteBuffer header = ByteBuffer.allocate(SpoolFormat.FRAME_HEADER);
    if (!read(header, offset)) {
      return -1;
    }
    int length = header.getInt(0);
    boolean possible =
        length > 0
            && length <= SpoolFormat.MAX_FRAME
            && offset + SpoolFormat.FRAME_HEADER + length <= size;
    return possible ? length : -1;
  }

  /**
   * Reads the body of a frame.
   *
   * @param into has room for header and body; its content is overwritten
   * @param expected the index that the frame must have
   * @return null if it is damaged
   */
  Backlog.@Nullable Entry entry(long offset, int length, ByteBuffer into, long expected)
      throws IOException {
    into.clear().limit(SpoolFormat.FRAME_HEADER + length);
    if (!read(into, offset)
        || into.getInt(4) != SpoolFormat.checksum(into, SpoolFormat.FRAME_HEADER, length)) {
      return null;
    }
    Backlog.Entry entry = SpoolFormat.entry(into.position(SpoolFormat.FRAME_HEADER));
    return entry == null || entry.index() != expected ? null : entry;
  }

  /**
   * Scans all frames and truncates the file after the last complete one.
   *
   * @return bytes that were truncated
   */
  long repair() throws IOException {
    long offset = SpoolFormat.SEGMENT_HEADER;
    long index = first;
    ByteBuffer buffer = ByteBuffer.allocate(0);
    for (int length = bodyLength(offset); length > 0; length = bodyLength(offset)) {
      if (buffer.capacity() < SpoolFormat.FRAME_HEADER + length) {
        buffer = ByteBuffer.allocate(SpoolFormat.FRAME_HEADER + length);
      }
      if (entry(offset, length, buffer, index) == null) {
        break;
      }
      offset += SpoolFormat.FRAME_HEADER + length;
      index++;
    }
    long torn = size - offset;
    if (torn > 0) {
      channel.truncate(offset);
      size = offset;
    }
    end = index;
    return torn;
  }

  /** Fills the buffer from an offset; returns false if the file ends before. */
  private boolean read(ByteBuffer into, long offset) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        return false;
      }
      at += read;
    }
    into.position(0);
    return true;
  }

  /** Closes and deletes the file. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
