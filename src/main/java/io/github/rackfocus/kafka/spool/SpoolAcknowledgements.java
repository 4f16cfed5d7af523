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
 * Up to where a spool's records have ended, on disk: two slots of index and checksum, written by
 * turns, so that a torn write leaves the other. A mark that is lost costs duplicates only.
 */
final class SpoolAcknowledgements implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolAcknowledgements.class);
  private static final int SLOT = 16;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SLOT);
  private long index;
  private int turn;

  SpoolAcknowledgements(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      index = Math.max(readSlot(0), readSlot(1));
      takeRoom();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Writes both slots, so that the file has its room while there is some. */
  private void takeRoom() {
    try {
      write(index);
      write(index);
    } catch (IOException e) {
      LOG.warn("kafka: the spool's mark can't be written yet: {}", ErrorMessages.of(e));
    }
  }

  /** All records below this index have ended. */
  long index() {
    return index;
  }

  void write(long reached) throws IOException {
    index = reached;
    turn = 1 - turn;
    buffer.clear();
    buffer.putLong(reached).putInt(SpoolFormat.checksum(buffer, 0, 8)).putInt(0).flip();
    channel.write(buffer, (long) turn * SLOT);
  }

  private long readSlot(int slot) throws IOException {
    buffer.clear();
    if (channel.read(buffer, (long) slot * SLOT) < 12
        || buffer.getInt(8) != SpoolFormat.checksum(buffer, 0, 8)) {
      return 0;
    }
    return Math.max(0, buffer.getLong(0));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
