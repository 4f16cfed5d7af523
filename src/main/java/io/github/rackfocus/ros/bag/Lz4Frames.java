package io.github.rackfocus.ros.bag;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/**
 * Opens LZ4 frames. {@code rosbag} writes frames of independent blocks, which lz4-java decompresses
 * fastest; other recorders write frames whose blocks refer to the block before, which it does not
 * read and Commons Compress does.
 */
final class Lz4Frames {
  private static final int MAGIC = 0x184D2204;
  private static final int SKIPPABLE_MAGIC = 0x184D2A50;
  private static final int SKIPPABLE_MASK = 0xfffffff0;
  private static final int INDEPENDENT_BLOCKS = 0x20;

  private Lz4Frames() {}

  /** Returns the decompressed content of the bytes between 0 and the limit. */
  static InputStream open(ByteBuffer stored) throws IOException {
    InputStream in = new ByteArrayInputStream(stored.array(), 0, stored.limit());
    if (hasLinkedBlocks(stored)) {
      return new FramedLZ4CompressorInputStream(in, true);
    }
    // Pure Java: the native library would be extracted to the temporary folder at every start.
    return new LZ4FrameInputStream(
        in,
        LZ4Factory.fastestJavaInstance().safeDecompressor(),
        XXHashFactory.fastestJavaInstance().hash32());
  }

  /** Reads the flags of the first frame that has data. */
  private static boolean hasLinkedBlocks(ByteBuffer stored) {
    ByteBuffer data = stored.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long at = 0;
    while (at + 8 <= data.limit()) {
      int magic = data.getInt((int) at);
      if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
        at += 8 + Integer.toUnsignedLong(data.getInt((int) at + 4));
      } else {
        return magic == MAGIC && (data.get((int) at + 4) & INDEPENDENT_BLOCKS) == 0;
      }
    }
    return false;
  }
}
