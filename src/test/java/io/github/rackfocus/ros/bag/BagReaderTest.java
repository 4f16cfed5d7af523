package io.github.rackfocus.ros.bag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.ros.msg.std_msgs.Int32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BagReaderTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  private static Int32 number(int value) {
    Int32 message = new Int32();
    message.data = value;
    return message;
  }

  /** Twelve numbers in chunks of a few, written out of order within pairs. */
  private static BagFixture numbers(String compression) {
    BagFixture fixture = new BagFixture(compression, 300);
    for (int i = 0; i < 12; i++) {
      int swapped = i % 2 == 0 ? i + 1 : i - 1;
      fixture.add("/number", (100 + swapped) * SECOND, number(swapped));
    }
    return fixture;
  }

  private record Read(List<Integer> numbers, List<String> warnings, long lost) {}

  private static Read read(Path file) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (BagReader bag = BagReader.open(file)) {
      Int32 message = new Int32();
      while (bag.next()) {
        if (bag.connection().topic().equals("/number") && bag.data().remaining() == 4) {
          Int32.TYPE.read(bag.data(), message);
          numbers.add(message.data);
        }
      }
      return new Read(numbers, bag.warnings(), bag.lost());
    }
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("test.bag"), bytes);
  }

  private static List<Integer> upTo(int count) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "bz2", "lz4", "lz4-linked"})
  void shouldReadMessagesByTheirTime(String compression) throws Exception {
    Read read = read(write(numbers(compression).bytes()));
    assertThat(read.numbers()).isEqualTo(upTo(12));
    assertThat(read.warnings()).isEmpty();
    assertThat(read.lost()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "bz2", "lz4", "lz4-linked"})
  void shouldReadBagsWithoutAnIndex(String compression) throws Exception {
    Read read = read(write(numbers(compression).unfinished()));
    assertThat(read.numbers()).isEqualTo(upTo(12));
    assertThat(read.warnings()).hasSize(1).first().asString().contains("has no index");
  }

  @Test
  void shouldGiveWhatWasChosen() throws Exception {
    Float64 power = new Float64();
    power.data = 2.5;
    Path file =
        new BagFixture("lz4", 100)
            .add("/number", 3 * SECOND, number(3))
            .add("/power", 2 * SECOND, power)
            .add("/number", SECOND + 7, number(1))
            .write(folder.resolve("two.bag"));
    try (BagReader bag = BagReader.open(file)) {
      assertThat(bag.connections())
          .extracting(BagConnection::topic)
          .containsExactly("/number", "/power");
      assertThat(bag.messages()).isEqualTo(3);
      bag.select(connection -> connection.topic().equals("/number"));
      assertThat(bag.messages()).isEqualTo(2);
      assertThat(bag.next()).isTrue();
      assertThat(bag.timeNanos()).isEqualTo(SECOND + 7);
      assertThat(bag.connection().type()).isEqualTo("std_msgs/Int32");
      assertThat(bag.connection().md5sum()).isEqualTo(Int32.TYPE.md5sum());
      assertThat(bag.next()).isTrue();
      assertThat(bag.next()).isFalse();
    }
  }

  @Test
  void shouldKeepTheOrderOfTheFileWhereTimesAreEqual() throws Exception {
    BagFixture fixture = new BagFixture("none", 200);
    for (int i = 0; i < 9; i++) {
      fixture.add(i % 3 == 0 ? "/other" : "/number", 5 * SECOND, number(i));
    }
    assertThat(read(fixture.write(folder.resolve("equal.bag"))).numbers())
        .containsExactly(1, 2, 4, 5, 7, 8);
  }

  /** Wherever a bag is truncated, a prefix of its messages is read, with a warning. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "bz2", "lz4", "lz4-linked"})
  void shouldReadWhatIsLeftOfABrokenOffBag(String compression) throws Exception {
    byte[] whole = numbers(compression).bytes();
    int most = 0;
    for (int length = 4200; length < whole.length; length += 61) {
      Read read = read(write(Arrays.copyOf(whole, length)));
      assertThat(read.warnings()).as("at byte %d", length).isNotEmpty();
      // Pairs are swapped: sorted by time, what a beginning of the file holds has gaps of one.
      assertThat(read.numbers()).as("at byte %d", length).isSorted().doesNotHaveDuplicates();
      assertThat(read.numbers().size()).isGreaterThanOrEqualTo(most - 1);
      most = Math.max(most, read.numbers().size());
    }
    assertThat(most).isEqualTo(12);
  }

  @Test
  void shouldReadTheMessagesOfAPlainChunkThatBreaksOff() throws Exception {
    BagFixture fixture = new BagFixture("none", 1 << 20);
    for (int i = 0; i < 12; i++) {
      fixture.add("/number", (100 + i) * SECOND, number(i));
    }
    byte[] unfinished = fixture.unfinished();
    Read read = read(write(Arrays.copyOf(unfinished, unfinished.length - 400)));
    assertThat(read.numbers()).isNotEmpty().isEqualTo(upTo(read.numbers().size()));
    assertThat(read.numbers().size()).isBetween(3, 11);
  }

  @Test
  void shouldRefuseWhatIsNoBag() throws Exception {
    assertRefused("#!/bin/sh\nexit 0\n".getBytes(), "is not a ROS bag; expected format 2.0");
    assertRefused(new byte[0], "is not a ROS bag");
    assertRefused("#ROSBAG V1.2\nmore".getBytes(), "format 1.2; expected 2.0");
    assertRefused(
        Arrays.copyOf(numbers("none").bytes(), 20), "is truncated within its first record");
    byte[] encrypted =
        BagFixture.record(
            BagFixture.fields(
                "op",
                BagFixture.op(3),
                "index_pos",
                BagFixture.position(0),
                "encryptor",
                BagFixture.text("rosbag/AesCbcEncryptor")),
            new byte[0]);
    assertRefused(join("#ROSBAG V2.0\n".getBytes(), encrypted), "is encrypted by rosbag/Aes");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> BagReader.open(folder.resolve("none.bag")));
  }

  private void assertRefused(byte[] bytes, String sentence) throws IOException {
    Path file = write(bytes);
    assertThatExceptionOfType(BagException.class)
        .isThrownBy(() -> BagReader.open(file))
        .withMessageContaining(sentence)
        .withMessageContaining(file.toString());
  }

  /** Sizes that lie: no memory is taken for them, and the rest of the bag is read. */
  @Test
  void shouldNotBelieveSizes() throws Exception {
    byte[] hugeChunk =
        BagFixture.record(
            BagFixture.fields(
                "op",
                BagFixture.op(5),
                "compression",
                BagFixture.text("lz4"),
                "size",
                BagFixture.number(Integer.MAX_VALUE)),
            new byte[10]);
    byte[] unfinished = numbers("none").unfinished();
    Read read = read(write(join(unfinished, hugeChunk)));
    assertThat(read.numbers()).isEqualTo(upTo(12));
    assertThat(read.warnings()).anyMatch(each -> each.contains("a chunk of 2147483647 bytes"));

    byte[] negative =
        BagFixture.record(
            BagFixture.fields(
                "op",
                BagFixture.op(5),
                "compression",
                BagFixture.text("none"),
                "size",
                BagFixture.number(-1)),
            new byte[10]);
    assertThat(read(write(join(unfinished, negative))).warnings())
        .anyMatch(each -> each.contains("4294967295"));

    byte[] hugeHeader = BagFixture.number(-16);
    assertThat(read(write(join(unfinished, hugeHeader))).numbers()).isEqualTo(upTo(12));
  }

  @Test
  void shouldLoseOnlyTheChunkThatIsDamaged() throws Exception {
    byte[] whole = numbers("bz2").bytes();
    int first = indexOf(whole, "BZh");
    Arrays.fill(whole, first + 10, first + 40, (byte) 0x55);
    Read read = read(write(whole));
    assertThat(read.lost()).isBetween(1L, 6L);
    assertThat(read.numbers()).hasSize((int) (12 - read.lost())).isSorted();
    assertThat(read.warnings())
        .hasSize(1)
        .first()
        .asString()
        .contains("cannot be decompressed as bz2");
  }

  /** Text that repeats over 64 kB blocks, so that each refers to the one before. */
  @Test
  void shouldReadBlocksThatReferToTheBlockBefore() throws Exception {
    byte[] text = new byte[300_000];
    Random random = new Random(1);
    for (int i = 0; i < text.length; i++) {
      text[i] = i < 50_000 ? (byte) random.nextInt() : text[i - 50_000];
    }
    Path file =
        new BagFixture("lz4-linked", 1 << 20)
            .add("/text", "test/Text", "*", SECOND, text)
            .write(folder.resolve("linked.bag"));
    assertThat(Files.size(file)).isLessThan(120_000);
    try (BagReader bag = BagReader.open(file)) {
      assertThat(bag.next()).isTrue();
      byte[] found = new byte[bag.data().remaining()];
      bag.data().get(found);
      assertThat(found).isEqualTo(text);
      assertThat(bag.warnings()).isEmpty();
    }
  }

  /** The output has the announced size and is wrong: only a checksum tells. */
  @Test
  void shouldNotBelieveAChunkWhoseChecksumIsWrong() throws Exception {
    byte[] bz2 = numbers("bz2").bytes();
    bz2[indexOf(bz2, "BZh") + 12] ^= 1;
    assertDamaged(read(write(bz2)), "cannot be decompressed as bz2");

    byte[] lz4 = numbers("lz4-linked").bytes();
    // The content checksum is the end of the first chunk, before the record with its index.
    lz4[indexOf(lz4, "op=\4") - 9] ^= 1;
    assertDamaged(read(write(lz4)), "cannot be decompressed as lz4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "bz2", "lz4", "lz4-linked"})
  void shouldNotBelieveAChunkThatIsLargerThanAnnounced(String compression) throws Exception {
    byte[] whole = numbers(compression).bytes();
    whole[indexOf(whole, "size=") + 5]--;
    Read read = read(write(whole));
    assertThat(read.lost()).isBetween(1L, 6L);
    assertThat(read.warnings()).hasSize(1).first().asString().contains("announced");
  }

  private static void assertDamaged(Read read, String warning) {
    assertThat(read.lost()).isBetween(1L, 6L);
    assertThat(read.numbers()).hasSize((int) (12 - read.lost())).isSorted();
    assertThat(read.warnings()).hasSize(1).first().asString().contains(warning);
  }

  @Property(seed = "20261120", tries = 400)
  void shouldSurviveAnyDamage(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int hits)
      throws IOException {
    Random random = new Random(seed);
    String[] kinds = {"none", "bz2", "lz4", "lz4-linked"};
    byte[] bytes = numbers(kinds[random.nextInt(4)]).bytes();
    for (int i = 0; i < hits; i++) {
      bytes[13 + random.nextInt(bytes.length - 13)] = (byte) random.nextInt();
    }
    Path file = Files.createTempFile("damaged", ".bag");
    try {
      Files.write(file, bytes);
      Read read = read(file);
      assertThat(read.numbers().size()).isLessThanOrEqualTo(12 * 2);
    } catch (BagException e) {
      assertThat(e).hasMessageContaining(file.toString());
    } finally {
      Files.delete(file);
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
