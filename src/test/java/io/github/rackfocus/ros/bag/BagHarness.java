package io.github.rackfocus.ros.bag;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.fuzz.ScratchFile;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bags: indexes, records, chunks of all compressions. Every indexed message is delivered or counted
 * as lost, in the order of time; only a bag that cannot be opened is refused.
 */
public final class BagHarness implements FuzzHarness {
  private final ScratchFile scratch = new ScratchFile("a.bag");

  @Override
  public void run(byte[] input) throws Exception {
    Path file = scratch.with(input);
    // Each chunk may need a decompressor, of bz2 some 5 MB, once to be scanned and once to be read.
    long chunks = 1 + input.length / 60;
    Laws.bounded(
        input,
        65536 + chunks * (16 << 20),
        64,
        () -> {
          read(file);
          return true;
        });
  }

  private static void read(Path file) throws Exception {
    try (BagReader reader = Laws.readOrRefused(() -> BagReader.open(file), IOException.class)) {
      if (reader == null) {
        return;
      }
      int messages = reader.messages();
      long delivered = 0;
      long before = Long.MIN_VALUE;
      while (reader.next()) {
        delivered++;
        check(reader.timeNanos() >= before, "messages come in the order of time");
        before = reader.timeNanos();
        check(reader.connection() != null, "a message has a connection");
        check(reader.data().remaining() <= ChunkUnpacker.MAX_CHUNK_BYTES, "data are bounded");
      }
      check(delivered + reader.lost() == messages, "every message is delivered or lost");
      for (String warning : reader.warnings()) {
        check(
            !warning.isBlank() && !warning.contains("null"), "warnings are sentences: " + warning);
      }
    }
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (String compression : new String[] {"none", "bz2", "lz4", "lz4-linked"}) {
      seeds.put(compression, trimmed(bag(compression).bytes()));
    }
    seeds.put("unfinished", trimmed(bag("none").unfinished()));
    byte[] whole = trimmed(bag("none").bytes());
    seeds.put("truncated", Arrays.copyOf(whole, whole.length - 40));
    return seeds;
  }

  /**
   * Removes the padding of the bag header, so that most bytes matter: it is 4096 bytes long, and
   * the index moves with it.
   */
  private static byte[] trimmed(byte[] bag) {
    int start = 13;
    ByteBuffer in = ByteBuffer.wrap(bag).order(ByteOrder.LITTLE_ENDIAN);
    int header = in.getInt(start);
    int padding = in.getInt(start + 4 + header);
    byte[] result = new byte[bag.length - padding];
    int data = start + 8 + header;
    System.arraycopy(bag, 0, result, 0, data);
    System.arraycopy(bag, data + padding, result, data, bag.length - data - padding);
    ByteBuffer out = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(start + 4 + header, 0);
    shift(out, "index_pos=", start, padding);
    for (int at = indexOf(result, "chunk_pos=", 0);
        at >= 0;
        at = indexOf(result, "chunk_pos=", at)) {
      at += 10;
      out.putLong(at, out.getLong(at) - padding);
    }
    return result;
  }

  private static void shift(ByteBuffer in, String name, int from, int by) {
    int at = indexOf(in.array(), name, from) + name.length();
    if (in.getLong(at) != 0) {
      in.putLong(at, in.getLong(at) - by);
    }
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    byte[] wanted = BagFixture.text(text);
    for (int at = from; at + wanted.length + 8 <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  private static BagFixture bag(String compression) {
    BagFixture bag = new BagFixture(compression, 100);
    for (int i = 0; i < 6; i++) {
      Float64 value = new Float64();
      value.data = i;
      bag.add(i % 2 == 0 ? "/power" : "/other", 1_000_000_000L + i, value);
    }
    return bag;
  }
}
