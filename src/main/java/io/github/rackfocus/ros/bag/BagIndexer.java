package io.github.rackfocus.ros.bag;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds out where the messages of a bag are: from the index that a recorder writes at the end, or,
 * where that is missing or wrong, by reading the bag from its beginning as far as it goes.
 */
final class BagIndexer {
  private static final int MAX_CONNECTIONS = 1 << 16;
  private static final int INDEX_VERSION = 1;
  private static final int INDEX_ENTRY_BYTES = 12;
  private static final long NANOS = 1_000_000_000L;

  private final BagFile file;
  private final ChunkUnpacker unpacker;
  private final BagTroubles troubles;

  /**
   * @param troubles is told what is wrong with the bag
   */
  BagIndexer(BagFile file, ChunkUnpacker unpacker, BagTroubles troubles) {
    this.file = file;
    this.unpacker = unpacker;
    this.troubles = troubles;
  }

  /**
   * Finds all messages that can be read.
   *
   * @param first where the first record is
   * @throws IOException if the file is no bag that can be read at all
   */
  BagIndex index(long first) throws IOException {
    BagFile.Entry bag = firstRecord(first);
    long position;
    String encryptor;
    try {
      if (bag.header().op() != RecordHeader.OP_BAG) {
        throw new BagException(
            "a record of kind " + bag.header().op() + "; expected the bag's header");
      }
      encryptor = bag.header().textOr("encryptor", "");
      position = bag.header().position("index_pos");
    } catch (BagException e) {
      throw new BagException(file.at(first) + e.getMessage(), e);
    }
    if (!encryptor.isEmpty()) {
      throw new BagException(
          file.path() + ": is encrypted by " + encryptor + "; expected a bag that is not");
    }
    if (position == 0) {
      troubles.add(file.path() + ": has no index: its recording did not end; it is read through");
      return scan(bag.end());
    }
    try {
      return fromIndex(bag, position);
    } catch (IOException e) {
      troubles.add(e.getMessage() + "; the bag is read through instead of by its index");
      return scan(bag.end());
    }
  }

  private BagFile.Entry firstRecord(long position) throws IOException {
    try {
      return file.record(position);
    } catch (EOFException e) {
      throw new BagException(file.path() + ": breaks off within its first record", e);
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
    if (!chunk.whole()) {
      throw new BagException(file.at(position) + "the bag breaks off within a chunk");
    }
    int number = index.add(chunk);
    long at = entry.end();
    for (int i = 0; i < connections; i++) {
      BagFile.Entry list = expect(at, RecordHeader.OP_INDEX);
      addMessages(index, list, number, chunk);
      at = list.end();
    }
  }

  private void addMessages(BagIndex index, BagFile.Entry list, int chunk, BagChunk place)
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
              + ", which does not fit together");
    }
    for (int i = 0; i < count; i++) {
      long time =
          NANOS * Integer.toUnsignedLong(data.getInt()) + Integer.toUnsignedLong(data.getInt());
      int offset = data.getInt();
      if (offset < 0 || offset >= place.size()) {
        throw new BagException(
            file.at(list.dataPosition())
                + "a message at offset "
                + Integer.toUnsignedLong(offset)
                + " of a chunk of "
                + place.size()
                + " bytes");
      }
      index.addMessage(time, connection, chunk, offset);
    }
  }

  /** Reads record after record until the file ends or makes no sense any more. */
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
            // Nothing that the chunks don't tell.
          }
          default ->
              throw new BagException(
                  file.at(at) + "a record of unknown kind " + entry.header().op());
        }
        at = entry.end();
      }
      if (at > file.size()) {
        troubles.add(file.at(file.size()) + "the bag breaks off; what came before is read");
      }
    } catch (IOException e) {
      troubles.add(e.getMessage() + "; what came before is read");
    }
    return index;
  }

  private void scanChunk(BagIndex index, BagChunk chunk) {
    int number = index.add(chunk);
    ByteBuffer content;
    try {
      content = unpacker.unpack(number, chunk);
    } catch (IOException e) {
      troubles.add(e.getMessage() + "; its messages are lost");
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
      if (!cursor.endedWell() || !chunk.whole()) {
        troubles.add(
            file.at(chunk.position()) + "a chunk breaks off; its messages before that are read");
      }
    } catch (BagException e) {
      troubles.add(
          file.at(chunk.position()) + e.getMessage() + "; the chunk's messages before are read");
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
              + ": the bag breaks off");
    }
    BagFile.Entry entry = file.record(position);
    if (entry.header().op() != op) {
      throw new BagException(
          file.at(position) + "a record of kind " + entry.header().op() + "; expected " + op);
    }
    return entry;
  }

  private BagChunk chunk(long position, BagFile.Entry entry) throws BagException {
    long there = Math.min(entry.dataBytes(), file.size() - entry.dataPosition());
    if (there > ChunkUnpacker.MAX_CHUNK_BYTES) {
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
        (int) there,
        entry.header().text("compression"),
        entry.header().count("size"),
        there == entry.dataBytes());
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
