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
 * Reads the messages of a ROS 1 bag (format 2.0; plain, bz2 or lz4) in the order of the time at
 * which they were recorded. For one thread.
 *
 * <p>A bag without an index, broken off or damaged is read as far as that goes: {@link #troubles}
 * says what was wrong, and {@link #lost} counts the messages that are in the index and can't be
 * had. Memory is a few chunks and some 20 bytes a message.
 */
public final class BagReader implements AutoCloseable {
  private static final String MAGIC = "#ROSBAG V";
  private static final String VERSION = "2.0";
  private static final int MAGIC_BYTES = 13;

  private final BagFile file;
  private final ChunkUnpacker unpacker;
  private final BagIndex index;
  private final BagTroubles troubles;
  private final BitSet lostChunks = new BitSet();
  private int[] order;
  private int next;
  private long lost;
  private @Nullable BagConnection connection;
  private long timeNanos;
  private ByteBuffer data = ByteBuffer.allocate(0);

  private BagReader(BagFile file, ChunkUnpacker unpacker, BagIndex index, BagTroubles troubles) {
    this.file = file;
    this.unpacker = unpacker;
    this.index = index;
    this.troubles = troubles;
    this.order = index.byTime(id -> true);
  }

  /**
   * Opens a bag and finds its messages.
   *
   * @throws IOException if it is no bag or can't be read at all: one sentence with the file, what
   *     was found and what was expected
   */
  public static BagReader open(Path path) throws IOException {
    BagFile file = new BagFile(path);
    try {
      checkMagic(file);
      ChunkUnpacker unpacker = new ChunkUnpacker(file);
      BagTroubles troubles = new BagTroubles();
      BagIndex index = new BagIndexer(file, unpacker, troubles).index(MAGIC_BYTES);
      return new BagReader(file, unpacker, index, troubles);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What was recorded, a topic and a publisher each. */
  public Collection<BagConnection> connections() {
    return List.copyOf(index.connections());
  }

  /** Messages of the connections that were chosen, of all if {@link #select} was not called. */
  public int messages() {
    return order.length;
  }

  /** Chooses connections and begins anew with their first message. */
  public void select(Predicate<BagConnection> wanted) {
    order =
        index.byTime(id -> {
          BagConnection found = index.connection(id);
          return found != null && wanted.test(found);
        });
    next = 0;
  }

  /**
   * Goes on to the next message that can be read.
   *
   * @return false after the last one
   * @throws IOException if the file can't be read any more
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

  /** The topic of the message. */
  public BagConnection connection() {
    if (connection == null) {
      throw new IllegalStateException("no message was read yet");
    }
    return connection;
  }

  /** When the message was recorded, nanoseconds since 1970. */
  public long timeNanos() {
    return timeNanos;
  }

  /** The message's bytes, little endian; hold until {@link #next} is called again. */
  public ByteBuffer data() {
    return data;
  }

  /** What was wrong with the bag so far, a sentence each with the place. */
  public List<String> troubles() {
    return troubles.all();
  }

  /** Messages that the bag announces and that could not be read so far. */
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
                + " where the index has one");
      }
      connection = index.connection(index.connectionOf(message));
      timeNanos = index.timeNanos(message);
      data = cursor.data();
      return true;
    } catch (BagException e) {
      troubles.add(e.getMessage() + "; the rest of its chunk is lost");
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
      throw new BagException(file.path() + ": is no ROS bag; expected one of format " + VERSION);
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
