package io.github.rackfocus.ros.bag;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * Decompresses chunks and caches the last few. Memory grows with the actual output, up to the
 * announced size. Not thread-safe.
 */
final class ChunkUnpacker {
  /** Largest accepted chunk; usual ones have about 768 kB plus one message. */
  static final int MAX_CHUNK_BYTES = 256 << 20;

  private static final int CACHED_CHUNKS = 4;
  private static final int FIRST_BYTES = 1 << 16;

  private final BagFile file;
  private final int[] cachedIndex = new int[CACHED_CHUNKS];
  private final ByteBuffer[] cached = new ByteBuffer[CACHED_CHUNKS];
  private int next;

  ChunkUnpacker(BagFile file) {
    this.file = file;
    Arrays.fill(cachedIndex, -1);
  }

  /**
   * Returns the content of a chunk, little endian. The buffer is shared: use absolute gets or a
   * duplicate.
   *
   * @param index the chunk's number, which identifies it in the cache
   * @return fewer bytes than announced if the chunk is incomplete
   * @throws IOException if a complete chunk cannot be decompressed or the file cannot be read
   */
  ByteBuffer unpack(int index, BagChunk chunk) throws IOException {
    for (int i = 0; i < CACHED_CHUNKS; i++) {
      if (cachedIndex[i] == index) {
        return cached[i];
      }
    }
    if (chunk.size() > MAX_CHUNK_BYTES) {
      throw new BagException(
          file.at(chunk.position())
              + "a chunk of "
              + chunk.size()
              + " bytes; expected at most "
              + MAX_CHUNK_BYTES);
    }
    ByteBuffer content = unpack(chunk);
    cachedIndex[next] = index;
    cached[next] = content;
    next = (next + 1) % CACHED_CHUNKS;
    return content;
  }

  private ByteBuffer unpack(BagChunk chunk) throws IOException {
    ByteBuffer stored = file.read(chunk.dataPosition(), chunk.storedBytes());
    if (chunk.compression().equals("none")) {
      if (chunk.complete() && stored.limit() != chunk.size()) {
        throw wrongSize(chunk, stored.limit());
      }
      return stored;
    }
    byte[] content = new byte[Math.min(chunk.size(), FIRST_BYTES)];
    int count = 0;
    try (InputStream in = open(chunk, stored)) {
      while (true) {
        if (count == content.length) {
          if (count == chunk.size()) {
            // Reading the end verifies the checksums, which follow the data.
            if (in.read() >= 0 && chunk.complete()) {
              throw new IOException("has more than the " + count + " bytes that are announced");
            }
            break;
          }
          content = Arrays.copyOf(content, (int) Math.min(chunk.size(), 2L * content.length));
        }
        int read = in.read(content, count, content.length - count);
        if (read < 0) {
          break;
        }
        count += read;
      }
    } catch (IOException | RuntimeException e) {
      // The output of an incomplete chunk up to here is valid; a complete one must not fail.
      if (chunk.complete()) {
        throw new BagException(
            file.at(chunk.position())
                + "a chunk of "
                + chunk.storedBytes()
                + " bytes cannot be decompressed as "
                + chunk.compression()
                + " ("
                + e.getMessage()
                + ")",
            e);
      }
    }
    if (chunk.complete() && count != chunk.size()) {
      throw wrongSize(chunk, count);
    }
    return ByteBuffer.wrap(content, 0, count).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private InputStream open(BagChunk chunk, ByteBuffer stored) throws IOException {
    return switch (chunk.compression()) {
      case "bz2" ->
          new BZip2CompressorInputStream(
              new ByteArrayInputStream(stored.array(), 0, stored.limit()));
      case "lz4" -> Lz4Frames.open(stored);
      default ->
          throw new BagException(
              file.at(chunk.position())
                  + "compression is '"
                  + chunk.compression()
                  + "'; expected none, bz2 or lz4");
    };
  }

  private BagException wrongSize(BagChunk chunk, int found) {
    return new BagException(
        file.at(chunk.position())
            + "a chunk has "
            + found
            + " bytes; expected "
            + chunk.size()
            + " as announced");
  }
}
