package io.github.rackfocus.ros.bag;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * Unpacks chunks, the last few of which are kept. Memory grows with what really comes out, up to
 * what the chunk announces. For one thread.
 */
final class ChunkUnpacker {
  /** A chunk is some 768 kB and the message that made it overflow. */
  static final int MAX_CHUNK_BYTES = 256 << 20;

  private static final int KEPT = 4;
  private static final int FIRST_BYTES = 1 << 16;

  private final BagFile file;
  private final int[] keptIndex = new int[KEPT];
  private final ByteBuffer[] kept = new ByteBuffer[KEPT];
  private int next;

  ChunkUnpacker(BagFile file) {
    this.file = file;
    Arrays.fill(keptIndex, -1);
  }

  /**
   * The content of a chunk, little endian, shared: use absolute gets or a duplicate.
   *
   * @param index the chunk's number, by which it is kept
   * @return fewer bytes than announced where the chunk is not whole
   * @throws IOException if a whole chunk can't be unpacked, or its file not be read
   */
  ByteBuffer unpack(int index, BagChunk chunk) throws IOException {
    for (int i = 0; i < KEPT; i++) {
      if (keptIndex[i] == index) {
        return kept[i];
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
    keptIndex[next] = index;
    kept[next] = content;
    next = (next + 1) % KEPT;
    return content;
  }

  private ByteBuffer unpack(BagChunk chunk) throws IOException {
    ByteBuffer stored = file.read(chunk.dataPosition(), chunk.storedBytes());
    if (chunk.compression().equals("none")) {
      if (chunk.whole() && stored.limit() != chunk.size()) {
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
      // What a broken-off chunk gave until there is good; a whole one must not fail.
      if (chunk.whole()) {
        throw new BagException(
            file.at(chunk.position())
                + "a chunk of "
                + chunk.storedBytes()
                + " bytes can't be unpacked as "
                + chunk.compression()
                + " ("
                + e.getMessage()
                + ")",
            e);
      }
    }
    if (chunk.whole() && count != chunk.size()) {
      throw wrongSize(chunk, count);
    }
    return ByteBuffer.wrap(content, 0, count).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private InputStream open(BagChunk chunk, ByteBuffer stored) throws IOException {
    InputStream in = new ByteArrayInputStream(stored.array(), 0, stored.limit());
    return switch (chunk.compression()) {
      case "bz2" -> new BZip2CompressorInputStream(in);
      // Pure Java: the native one would be unpacked to the temporary folder at every start.
      case "lz4" ->
          new LZ4FrameInputStream(
              in,
              LZ4Factory.fastestJavaInstance().safeDecompressor(),
              XXHashFactory.fastestJavaInstance().hash32());
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
            + " as it announces");
  }
}
