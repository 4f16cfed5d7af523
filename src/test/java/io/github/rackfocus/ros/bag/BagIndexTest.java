package io.github.rackfocus.ros.bag;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.ros.msg.std_msgs.Float64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BagIndexTest {
  private static final int MESSAGES = 200;
  private static final int COPIES = 100;

  /** Bytes of a chunk-info record before the name of its position. */
  private static final int BEFORE_POSITION = 4 + 8 + 12 + 4;

  @TempDir Path folder;

  @Test
  void shouldScanABagWhoseIndexListsAChunkManyTimes() throws Exception {
    Path file = Files.write(folder.resolve("a.bag"), withRepeatedChunk());
    try (BagReader reader = BagReader.open(file)) {
      assertThat(reader.messages()).isEqualTo(MESSAGES);
      assertThat(reader.warnings())
          .singleElement()
          .asString()
          .contains("lists more messages than the bag has room for", "scanning the bag");
    }
  }

  private static byte[] withRepeatedChunk() {
    BagFixture bag = new BagFixture("none", 1 << 20);
    for (int i = 0; i < MESSAGES; i++) {
      bag.add("/power", 1_000_000_000L + i, new Float64());
    }
    byte[] whole = bag.bytes();
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int info = text.lastIndexOf("chunk_pos=") - BEFORE_POSITION;
    int length = whole.length - info;
    byte[] repeated = Arrays.copyOf(whole, whole.length + COPIES * length);
    for (int i = 0; i < COPIES; i++) {
      System.arraycopy(whole, info, repeated, whole.length + i * length, length);
    }
    ByteBuffer.wrap(repeated)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(text.indexOf("chunk_count=") + "chunk_count=".length(), 1 + COPIES);
    return repeated;
  }
}
