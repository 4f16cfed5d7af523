package io.github.rackfocus.kafka.spool;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.fuzz.ScratchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Files that a spool finds. The first byte says whether they are taken as they are, or their frames
 * get right checksums, which random bytes never have; the second, how many bytes are those of the
 * file of acknowledged records. A spool always opens; its records come in order, each is delivered
 * or lost, and a new one is delivered after them.
 */
public final class SpoolHarness implements FuzzHarness {
  private final ScratchFile scratch = new ScratchFile(SpoolSegment.nameOf(0));

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length < 2) {
      return;
    }
    int mark = Math.min(input[1] & 0x3f, input.length - 2);
    byte[] segment = Arrays.copyOfRange(input, 2 + mark, input.length);
    if ((input[0] & 1) != 0) {
      sign(segment);
    }
    scratch.clear();
    scratch.with(segment);
    if (mark > 0) {
      Files.write(scratch.folder().resolve("mark"), Arrays.copyOfRange(input, 2, 2 + mark));
    }
    Laws.bounded(
        input,
        512 << 10,
        256,
        () -> {
          deliver();
          return true;
        });
  }

  private void deliver() throws Exception {
    Path folder = scratch.folder();
    LossCounts losses = new LossCounts();
    OutgoingRecord added = new OutgoingRecord("k", List.of(), new byte[] {1, 2, 3});
    try (Spool spool = new Spool(SpoolConfig.in(folder), losses, () -> 0)) {
      long recovered = spool.recovered();
      check(recovered >= 0 && recovered == spool.waiting(), "recovered records wait");
      spool.append(added);
      long before = -1;
      long delivered = 0;
      Backlog.Entry last = null;
      for (Backlog.Entry entry = spool.take(0); entry != null; entry = spool.take(0)) {
        check(entry.index() > before, "records come in order");
        before = entry.index();
        last = entry;
        delivered++;
      }
      check(spool.waiting() == 0, "none waits");
      check(delivered <= recovered + 1, "no record comes twice");
      check(
          last != null && Arrays.equals(last.record().value(), added.value()),
          "a new record is delivered");
      spool.rewind();
      check(spool.waiting() == delivered, "what is not acknowledged waits again");
    }
    try (Spool again = new Spool(SpoolConfig.in(folder), losses, () -> 0)) {
      check(again.recovered() >= 1, "a record survives the process");
    }
  }

  /** Walks the frames by their lengths and sets index and checksum of each. */
  private static void sign(byte[] segment) {
    ByteBuffer bytes = ByteBuffer.wrap(segment);
    if (segment.length < SpoolFormat.SEGMENT_HEADER) {
      return;
    }
    bytes.putLong(0, SpoolFormat.MAGIC).putLong(8, 0);
    int at = SpoolFormat.SEGMENT_HEADER;
    for (long index = 0; at + 16 <= segment.length; index++) {
      int length = bytes.getInt(at);
      if (length < 8 || length > segment.length - at - SpoolFormat.FRAME_HEADER) {
        return;
      }
      bytes.putLong(at + SpoolFormat.FRAME_HEADER, index);
      bytes.putInt(at + 4, SpoolFormat.checksum(bytes, at + SpoolFormat.FRAME_HEADER, length));
      at += SpoolFormat.FRAME_HEADER + length;
    }
  }

  @Override
  public Map<String, byte[]> seeds() throws IOException {
    ByteBuffer segment = ByteBuffer.allocate(1024);
    segment.putLong(SpoolFormat.MAGIC).putLong(0);
    byte[] value = "message".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3; i++) {
      SpoolFormat.put(
          segment,
          i,
          new OutgoingRecord("r2/front", List.of(new RecordHeader("ce_id", value)), value));
    }
    byte[] whole = Arrays.copyOf(segment.array(), segment.position());
    ByteBuffer mark = ByteBuffer.allocate(32);
    mark.putLong(2).putInt(0).putInt(0);
    mark.putInt(8, SpoolFormat.checksum(mark, 0, 8));
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("whole", seed(0, new byte[0], whole));
    seeds.put("signed", seed(1, new byte[0], whole));
    seeds.put("acknowledged", seed(0, mark.array(), whole));
    seeds.put("torn", seed(0, new byte[0], Arrays.copyOf(whole, whole.length - 5)));
    mark.putLong(0, Long.MAX_VALUE);
    mark.putInt(8, SpoolFormat.checksum(mark, 0, 8));
    seeds.put("last-index", seed(0, mark.array(), whole));
    return seeds;
  }

  private static byte[] seed(int signs, byte[] mark, byte[] segment) {
    return ByteBuffer.allocate(2 + mark.length + segment.length)
        .put((byte) signs)
        .put((byte) mark.length)
        .put(mark)
        .put(segment)
        .array();
  }
}
