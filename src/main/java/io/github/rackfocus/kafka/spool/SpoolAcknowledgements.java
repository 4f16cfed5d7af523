package io.github.rackfocus.kafka.spool;

import io.github.rackfocus.common.ErrorMessages;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The persistent index of acknowledged records. The file has two slots of index and checksum, which
 * are written alternately, so that a torn write leaves the other slot intact. Losing the file only
 * causes duplicates.
 */
final class SpoolAcknowledgements implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolAcknowledgements.class);
  private static final int SLOT_BYTES = 16;

  /** No spool comes near it; a greater index is damage, and the next ones would overflow. */
  private static final long MAX_INDEX = 1L << 62;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SLOT_BYTES);
  private long index;
  private int slot;

  SpoolAcknowledgements(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      index = Math.max(readSlot(0), readSlot(1));
      reserve();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Writes both slots, so that the file has its full size before the disk fills up. */
  private void reserve() {
    try {
      write(index);
      write(index);
    } catch (IOException e) {
      LOG.warn("Index of acknowledged records cannot be written yet: {}", ErrorMessages.of(e));
    }
  }

  /** All records below this index are acknowledged or lost. */
  long index() {
    return index;
  }

  void write(long acknowledgedBelow) throws IOException {
    index = acknowledgedBelow;
    slot = 1 - slot;
    buffer.clear();
    buffer.putLong(acknowledgedBelow).putInt(SpoolFormat.checksum(buffer, 0, 8)).putInt(0).flip();
    channel.write(buffer, (long) slot * SLOT_BYTES);
  }

  private long readSlot(int slot) throws IOException {
    buffer.clear();
    if (channel.read(buffer, (long) slot * SLOT_BYTES) < 12
        || buffer.getInt(8) != SpoolFormat.checksum(buffer, 0, 8)) {
      return 0;
    }
    long found = buffer.getLong(0);
    return found > MAX_INDEX ? 0 : Math.max(0, found);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
