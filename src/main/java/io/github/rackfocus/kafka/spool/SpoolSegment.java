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
 * One file of a spool: frames of consecutive indices, see {@link SpoolFormat}. Whole frames only
 * are counted; what a failed write left behind is cut off. For one thread at a time.
 */
final class SpoolSegment implements Closeable {
  static final String SUFFIX = ".spool";

  private final Path file;
  private final FileChannel channel;
  private final long first;
  private long end;
  private long size;
  private long newestNanos;
  private final long begunNanos;

  private SpoolSegment(Path file, FileChannel channel, long first, long begunNanos) {
    this.file = file;
    this.channel = channel;
    this.first = first;
    this.end = first;
    this.begunNanos = begunNanos;
    this.newestNanos = begunNanos;
  }

  static String nameOf(long first) {
    return String.format(Locale.ROOT, "%020d", first) + SUFFIX;
  }

  /** The index that a segment's name tells, or −1 if the file is none. */
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
      return -1; // Twenty digits can be more than a long holds.
    }
  }

  /** Makes an empty segment; nothing is left of it if that fails. */
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
      ByteBuffer head = ByteBuffer.allocate(SpoolFormat.SEGMENT_HEAD);
      segment.write(head.putLong(SpoolFormat.MAGIC).putLong(first).flip());
      return segment;
    } catch (IOException e) {
      segment.delete();
      throw e;
    }
  }

  /**
   * Opens what another process left.
   *
   * @param newestNanos when its newest record came, on this process's monotonic clock
   * @return null if its head is not that of a segment
   */
  static @Nullable SpoolSegment open(Path file, long newestNanos) throws IOException {
    long first = firstOf(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    SpoolSegment segment = new SpoolSegment(file, channel, first, newestNanos);
    try {
      segment.size = channel.size();
      ByteBuffer head = ByteBuffer.allocate(SpoolFormat.SEGMENT_HEAD);
      if (segment.read(head, 0)
          && head.getLong(0) == SpoolFormat.MAGIC
          && head.getLong(8) == first) {
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

  /** One more than the index of the last frame; of a segment not scanned yet, at most that. */
  long end() {
    return end;
  }

  /** Says where a segment that was not scanned ends at the latest. */
  void endsBy(long index) {
    end = index;
  }

  /** Bytes of whole frames, head included. */
  long size() {
    return size;
  }

  /** When the segment was begun, monotonic. */
  long begunNanos() {
    return begunNanos;
  }

  /** When its newest record came, monotonic. */
  long newestNanos() {
    return newestNanos;
  }

  /**
   * Adds a frame.
   *
   * @throws IOException if it could not be written; the segment is as before
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
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw e;
    }
  }

  /**
   * Bytes of the frame's body at an offset, which is the end of a whole frame.
   *
   * @return 0 at the end of the segment, −1 if what is there is no frame
   */
  int bodyLength(long offset) throws IOException {
    if (offset == size) {
      return 0;
    }
    ByteBuffer head = ByteBuffer.allocate(SpoolFormat.FRAME_HEAD);
    if (!read(head, offset)) {
      return -1;
    }
    int length = head.getInt(0);
    boolean possible =
        length > 0
            && length <= SpoolFormat.MAX_FRAME
            && offset + SpoolFormat.FRAME_HEAD + length <= size;
    return possible ? length : -1;
  }

  /**
   * Reads the body of a frame.
   *
   * @param into cleared, with room for head and body
   * @param expected the frame's index
   * @return null if it is damaged
   */
  Backlog.@Nullable Entry entry(long offset, int length, ByteBuffer into, long expected)
      throws IOException {
    into.clear().limit(SpoolFormat.FRAME_HEAD + length);
    if (!read(into, offset)
        || into.getInt(4) != SpoolFormat.checksum(into, SpoolFormat.FRAME_HEAD, length)) {
      return null;
    }
    Backlog.Entry entry = SpoolFormat.entry(into.position(SpoolFormat.FRAME_HEAD));
    return entry == null || entry.index() != expected ? null : entry;
  }

  /**
   * Reads all frames and cuts off what follows the last whole one.
   *
   * @return bytes cut off
   */
  long repair() throws IOException {
    long offset = SpoolFormat.SEGMENT_HEAD;
    long index = first;
    ByteBuffer buffer = ByteBuffer.allocate(0);
    for (int length = bodyLength(offset); length > 0; length = bodyLength(offset)) {
      if (buffer.capacity() < SpoolFormat.FRAME_HEAD + length) {
        buffer = ByteBuffer.allocate(SpoolFormat.FRAME_HEAD + length);
      }
      if (entry(offset, length, buffer, index) == null) {
        break;
      }
      offset += SpoolFormat.FRAME_HEAD + length;
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

  /** Fills the buffer from an offset; says whether there was enough. */
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
