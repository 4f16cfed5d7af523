package io.github.rackfocus.ros.bag;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Locates the messages of a bag: with the index that the recorder writes at the end, or, if that is
 * missing or invalid, by scanning the bag from its start up to the first defect.
 */
final class BagIndexer {
  private static final int MAX_CONNECTIONS = 1 << 16;
  private static final int INDEX_VERSION = 1;
  private static final int INDEX_ENTRY_BYTES = 12;
  private static final long NANOS = 1_000_000_000L;

  private final BagFile file;
  private final ChunkUnpacker unpacker;
  private final BagWarnings warnings;

  /**
   * @param warnings receives the defects of the bag
   */
  BagIndexer(BagFile file, ChunkUnpacker unpacker, BagWarnings warnings) {
    this.file = file;
    this.unpacker = unpacker;
    this.warnings = warnings;
  }

  /**
   * Locates all readable messages.
   *
   * @param first position of the first record
   * @throws IOException if the bag is unreadable
   */
  BagIndex index(long first) throws IOException {
    BagFile.Entry bag = firstRecord(first);
    long position;
    String encryptor;
    try {
      if (bag.header().op() != RecordHeader.OP_BAG) {
        throw new BagException(
            "a record of type " + bag.header().op() + "; expected the bag header");
      }
      encryptor = bag.header().textOr("encryptor", "");
      position = bag.header().position("index_pos");
    } catch (BagException e) {
      throw new BagException(file.at(first) + e.getMessage(), e);
    }
    if (!encryptor.isEmpty()) {
      throw new BagException(
          file.path() + ": is encrypted by " + encryptor + "; expected an unencrypted bag");
    }
    if (position == 0) {
      warnings.add(
          file.path() + ": has no index, as its recording was interrupted; scanning the bag");
      return scan(bag.end());
    }
    try {
      return fromIndex(bag, position);
    } catch (IOException e) {
      warnings.add(e.getMessage() + "; ignoring the index and scanning the bag");
      return scan(bag.end());
    }
  }

  private BagFile.Entry firstRecord(long position) throws IOException {
    try {
      return file.record(position);
    } catch (EOFException e) {
      throw new BagException(file.path() + ": is truncated within its first record", e);
    }
  }

  private BagIndex fromIndex(BagFile.Entry bag, long indexPosition) throws IOException {
    BagIndex index = new BagIndex();
    long at = indexPosition;
    int connections = bag.header().count("conn_count");
    int chunks = bag.header().count("chunk_count");
    for (int i = 0; i < connections; i++) {
      BagFile.Entry entry = expect(at, RecordHeader.OP_CONNECTION);
      index.add(connection(entry.header(), file.data(entry)));
      at = entry.end();
    }
    for (int i = 0; i < chunks; i++) {
      BagFile.Entry info = expect(at, RecordHeader.OP_CHUNK_INFO);
      addChunk(index, info.header().position("chunk_pos"), info.header().count("count"));
      at = info.end();
    }
    return index;
  }

  private void addChunk(BagIndex index, long position, int connections) throws IOException {
    BagFile.Entry entry = expect(position, RecordHeader.OP_CHUNK);
    BagChunk chunk = chunk(position, entry);
    if (!chunk.complete()) {
      throw new BagException(file.at(position) + "the bag is truncated within a chunk");
    }
    int number = index.add(chunk);
    long at = entry.end();
    for (int i = 0; i < connections; i++) {
      BagFile.Entry list = expect(at, RecordHeader.OP_INDEX);
      addMessages(index, list, number, chunk);
      at = list.end();
    }
  }

  private void addMessages(BagIndex index, BagFile.Entry list, int chunkNumber, BagChunk chunk)
      throws IOException {
    int version = list.header().count("ver");
    int connection = list.header().count("conn");
    int count = list.header().count("count");
    ByteBuffer data = file.data(list);
    if (version != INDEX_VERSION
        || index.connection(connection) == null
        || (long) count * INDEX_ENTRY_BYTES != data.limit()) {
      throw new BagException(
          file.at(list.dataPosition())
              + "an index of version "
              + version
              + " with "
              + count
              + " entries in "
              + data.limit()
              + " bytes for connection "
              + connection
              + "; expected version 1, a known connection and 12 bytes per entry");
    }
    if (INDEX_ENTRY_BYTES * ((long) index.messages() + count) > file.size()) {
      throw new BagException(
          file.at(list.dataPosition())
              + "the index lists more messages than the bag has room for; expected each list to"
              + " belong to one chunk");
    }
    for (int i = 0; i < count; i++) {
      long time =
          NANOS * Integer.toUnsignedLong(data.getInt()) + Integer.toUnsignedLong(data.getInt());
      int offset = data.getInt();
      if (offset < 0 || offset >= chunk.size()) {
        throw new BagException(
            file.at(list.dataPosition())
                + "a message at offset "
                + Integer.toUnsignedLong(offset)
                + " of a chunk of "
                + chunk.size()
                + " bytes");
      }
      index.addMessage(time, connection, chunkNumber, offset);
    }
  }

  /** Scans the records until the end of the file or the first invalid one. */
  private BagIndex scan(long first) {
    BagIndex index = new BagIndex();
    long at = first;
    try {
      while (at < file.size()) {
        BagFile.Entry entry = file.record(at);
        switch (entry.header().op()) {
          case RecordHeader.OP_CHUNK -> scanChunk(index, chunk(at, entry));
          case RecordHeader.OP_CONNECTION ->
              index.add(connection(entry.header(), file.data(entry)));
          case RecordHeader.OP_INDEX, RecordHeader.OP_CHUNK_INFO, RecordHeader.OP_BAG -> {
            // They repeat what the chunks contain.
          }
          default ->
              throw new BagException(
                  file.at(at) + "a record of unknown type " + entry.header().op());
        }
        at = entry.end();
      }
      if (at > file.size()) {
        warnings.add(file.at(file.size()) + "the bag is truncated; reading the part before");
      }
    } catch (IOException e) {
      warnings.add(e.getMessage() + "; reading the part before");
    }
    return index;
  }

  private void scanChunk(BagIndex index, BagChunk chunk) {
    int number = index.add(chunk);
    ByteBuffer content;
    try {
      content = unpacker.unpack(number, chunk);
    } catch (IOException e) {
      warnings.add(e.getMessage() + "; its messages are lost");
      return;
    }
    ChunkCursor cursor = new ChunkCursor(content);
    try {
      while (cursor.next()) {
        if (cursor.header().op() == RecordHeader.OP_CONNECTION) {
          index.add(connection(cursor.header(), cursor.data()));
        } else if (cursor.header().op() == RecordHeader.OP_MESSAGE
            && index.connection(cursor.header().count("conn")) != null) {
          index.addMessage(
              cursor.header().timeNanos("time"),
              cursor.header().count("conn"),
              number,
              cursor.offset());
        }
      }
      if (!cursor.isAtEnd() || !chunk.complete()) {
        warnings.add(
            file.at(chunk.position()) + "a chunk is truncated; reading the messages before");
      }
    } catch (BagException e) {
      warnings.add(
          file.at(chunk.position())
              + e.getMessage()
              + "; reading the messages of the chunk before");
    }
  }

  private BagFile.Entry expect(long position, int op) throws IOException {
    if (position <= 0 || position >= file.size()) {
      throw new BagException(
          file.path()
              + ": the index points to byte "
              + position
              + " of "
              + file.size()
              + ": the bag is truncated");
    }
    BagFile.Entry entry = file.record(position);
    if (entry.header().op() != op) {
      throw new BagException(
          file.at(position) + "a record of type " + entry.header().op() + "; expected " + op);
    }
    return entry;
  }

  private BagChunk chunk(long position, BagFile.Entry entry) throws BagException {
    long available = Math.min(entry.dataBytes(), file.size() - entry.dataPosition());
    if (available > ChunkUnpacker.MAX_CHUNK_BYTES) {
      throw new BagException(
          file.at(position)
              + "a chunk of "
              + entry.dataBytes()
              + " bytes; expected at most "
              + ChunkUnpacker.MAX_CHUNK_BYTES);
    }
    return new BagChunk(
        position,
        entry.dataPosition(),
        (int) available,
        entry.header().text("compression"),
        entry.header().count("size"),
        available == entry.dataBytes());
  }

  private BagConnection connection(RecordHeader header, ByteBuffer data) throws BagException {
    int id = header.count("conn");
    if (id >= MAX_CONNECTIONS) {
      throw new BagException("connection " + id + "; expected less than " + MAX_CONNECTIONS);
    }
    RecordHeader fields = RecordHeader.parse(data);
    return new BagConnection(
        id,
        header.text("topic"),
        fields.text("type"),
        fields.text("md5sum"),
        fields.textOr("message_definition", ""));
  }
}
