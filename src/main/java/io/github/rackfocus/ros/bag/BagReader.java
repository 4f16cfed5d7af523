package io.github.rackfocus.ros.bag;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a ROS 1 bag (format 2.0; uncompressed, bz2 or lz4) in the order in which
 * they were recorded. Not thread-safe.
 *
 * <p>The readable part of an unindexed, truncated or damaged bag is read: {@link #warnings} lists
 * the defects, and {@link #lost} counts indexed messages that are unreadable. Memory use is a few
 * chunks and about 20 bytes per message.
 */
public final class BagReader implements AutoCloseable {
  private static final String MAGIC = "#ROSBAG V";
  private static final String VERSION = "2.0";
  private static final int MAGIC_BYTES = 13;

  private final BagFile file;
  private final ChunkUnpacker unpacker;
  private final BagIndex index;
  private final BagWarnings warnings;
  private final BitSet lostChunks = new BitSet();
  private int[] order;
  private int next;
  private long lost;
  private @Nullable BagConnection connection;
  private long timeNanos;
  private ByteBuffer data = ByteBuffer.allocate(0);

  private BagReader(BagFile file, ChunkUnpacker unpacker, BagIndex index, BagWarnings warnings) {
    this.file = file;
    this.unpacker = unpacker;
    this.index = index;
    this.warnings = warnings;
    this.order = index.byTime(id -> true);
  }

  /**
   * Opens a bag and locates its messages.
   *
   * @throws IOException if the file is not a bag or is unreadable
   */
  public static BagReader open(Path path) throws IOException {
    BagFile file = new BagFile(path);
    try {
      checkMagic(file);
      ChunkUnpacker unpacker = new ChunkUnpacker(file);
      BagWarnings warnings = new BagWarnings();
      BagIndex index = new BagIndexer(file, unpacker, warnings).index(MAGIC_BYTES);
      return new BagReader(file, unpacker, index, warnings);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Returns the recorded connections, one per topic and publisher. */
  public Collection<BagConnection> connections() {
    return List.copyOf(index.connections());
  }

  /** Returns the number of messages of the selected connections; of all before {@link #select}. */
  public int messages() {
    return order.length;
  }

  /** Selects connections and rewinds to their first message. */
  public void select(Predicate<BagConnection> wanted) {
    order =
        index.byTime(id -> {
          BagConnection found = index.connection(id);
          return found != null && wanted.test(found);
        });
    next = 0;
  }

  /**
   * Advances to the next readable message.
   *
   * @return false after the last one
   * @throws IOException if reading the file fails
   */
  public boolean next() throws IOException {
    while (next < order.length) {
      int message = order[next++];
      if (read(message)) {
        return true;
      }
      lost++;
    }
    return false;
  }

  /** Returns the connection of the current message. */
  public BagConnection connection() {
    if (connection == null) {
      throw new IllegalStateException("no message has been read yet");
    }
    return connection;
  }

  /** Returns the time at which the message was recorded, nanoseconds since 1970. */
  public long timeNanos() {
    return timeNanos;
  }

  /** Returns the message's bytes, little endian, valid until the next call of {@link #next}. */
  public ByteBuffer data() {
    return data;
  }

  /** Returns the defects found so far, each with its position in the file. */
  public List<String> warnings() {
    return warnings.all();
  }

  /** Returns the number of indexed messages that were unreadable so far. */
  public long lost() {
    return lost;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private boolean read(int message) throws IOException {
    int number = index.chunkOf(message);
    if (lostChunks.get(number)) {
      return false;
    }
    BagChunk chunk = index.chunk(number);
    try {
      ChunkCursor cursor = new ChunkCursor(unpacker.unpack(number, chunk));
      cursor.moveTo(index.offsetOf(message));
      if (!cursor.next()
          || cursor.header().op() != RecordHeader.OP_MESSAGE
          || cursor.header().count("conn") != index.connectionOf(message)) {
        throw new BagException(
            file.at(chunk.position())
                + "no message at offset "
                + index.offsetOf(message)
                + "; expected one according to the index");
      }
      connection = index.connection(index.connectionOf(message));
      timeNanos = index.timeNanos(message);
      data = cursor.data();
      return true;
    } catch (BagException e) {
      warnings.add(e.getMessage() + "; skipping the rest of its chunk");
      lostChunks.set(number);
      return false;
    }
  }

  private static void checkMagic(BagFile file) throws IOException {
    String found =
        file.size() < MAGIC_BYTES
            ? ""
            : StandardCharsets.ISO_8859_1.decode(file.read(0, MAGIC_BYTES)).toString();
    if (!found.startsWith(MAGIC)) {
      throw new BagException(file.path() + ": is not a ROS bag; expected format " + VERSION);
    }
    String version = found.substring(MAGIC.length()).strip();
    if (!version.equals(VERSION)) {
      throw new BagException(
          file.path()
              + ": is a ROS bag of format "
              + version.replaceAll("[^0-9.]", "?")
              + "; expected "
              + VERSION
              + " (rosbag fix converts it)");
    }
  }
}
