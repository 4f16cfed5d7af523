package io.github.rackfocus.kafka.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final int VALUE_BYTES = 1000;

  @TempDir Path folder;
  private final LossCounts losses = new LossCounts();
  private long nowNanos;

  @Test
  void shouldGiveRecordsBackAsTheyCame() throws Exception {
    try (Spool spool = open(64 << 10)) {
      append(spool, 0, 3);
      Backlog.Entry entry = spool.take(0);
      assertThat(entry.index()).isZero();
      assertThat(entry.record().key()).isEqualTo("robot/camera");
      assertThat(entry.record().headers()).containsExactlyElementsOf(record(0).headers());
      assertThat(entry.record().value()).isEqualTo(record(0).value());
      assertThat(take(spool)).containsExactly(1L, 2L);
      assertThat(spool.waiting()).isZero();
    }
  }

  @Test
  void shouldGiveTheUnacknowledgedAgainAfterTheProcess() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 100);
      assertThat(take(spool)).hasSize(100);
      // Out of order, as partitions answer: only what is below the first gap is done with.
      LongStream.of(0, 1, 2, 5).forEach(spool::release);
    }
    try (Spool spool = open(1 << 20)) {
      assertThat(spool.recovered()).isEqualTo(97);
      append(spool, 100, 1);
      assertThat(take(spool)).containsExactlyElementsOf(range(3, 101));
    }
    assertThat(losses.byCause()).isEmpty();
  }

  @Test
  void shouldDeleteFilesOfWhichAllHasEnded() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 500);
      assertThat(segments()).hasSizeGreaterThan(10);
      take(spool).forEach(spool::release);
      assertThat(segments()).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(segments()).isEmpty();
    try (Spool spool = open(1 << 20)) {
      assertThat(spool.recovered()).isZero();
      append(spool, 500, 1);
      assertThat(take(spool)).as("numbers are never used again").containsExactly(500L);
    }
  }

  @Test
  void shouldDropTheOldestBeyondItsBytesAndCountThem() throws Exception {
    long most = 128 << 10;
    try (Spool spool = open(most)) {
      append(spool, 0, 1000);
      assertThat(spool.bytes()).isLessThanOrEqualTo(most);
      List<Long> left = take(spool);
      assertThat(left).containsExactlyElementsOf(range(1000 - left.size(), 1000));
      assertThat(losses.byCause()).containsExactly(Map.entry("spoolFull", 1000L - left.size()));
      assertThat(left).hasSizeGreaterThan(100);
    }
  }

  @Test
  void shouldNotCountWhatIsUnderWayAsLostWhenItsFileGoes() throws Exception {
    try (Spool spool = open(128 << 10)) {
      append(spool, 0, 10);
      for (int i = 0; i < 5; i++) {
        spool.take(0);
      }
      append(spool, 10, 990);
      LongStream.range(0, 5).forEach(spool::release);
      long left = take(spool).size();
      assertThat(losses.total()).isEqualTo(995 - left);
    }
  }

  @Test
  void shouldCountWhatCantBeSentAgainBecauseItsFileWent() throws Exception {
    try (Spool spool = open(128 << 10)) {
      append(spool, 0, 10);
      for (int i = 0; i < 5; i++) {
        spool.take(0);
      }
      append(spool, 10, 990);
      spool.rewind();
      long left = take(spool).size();
      assertThat(losses.total()).isEqualTo(1000 - left);
      assertThat(spool.waiting()).isZero();
    }
  }

  @Test
  void shouldDropWhatWaitedTooLong() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 10);
      nowNanos += Duration.ofMinutes(40).toNanos();
      append(spool, 10, 10);
      nowNanos += Duration.ofMinutes(30).toNanos();
      assertThat(take(spool)).containsExactlyElementsOf(range(10, 20));
      assertThat(losses.byCause()).containsExactly(Map.entry("spoolAge", 10L));
    }
  }

  @Test
  void shouldTakeAgainWhatHasNotEnded() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 50);
      for (int i = 0; i < 30; i++) {
        spool.take(0);
      }
      LongStream.of(0, 1, 7, 29).forEach(spool::release);
      spool.rewind();
      assertThat(spool.waiting()).isEqualTo(46);
      List<Long> expected = new ArrayList<>(range(2, 50));
      expected.removeAll(List.of(7L, 29L));
      assertThat(take(spool)).isEqualTo(expected);
      expected.forEach(spool::release);
      assertThat(spool.waiting()).isZero();
    }
    assertThat(segments()).isEmpty();
  }

  @Test
  void shouldCountRecordsWhoseBytesAreDamaged() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 100);
    }
    List<Path> files = segments();
    Path second = files.get(1);
    byte[] bytes = Files.readAllBytes(second);
    bytes[bytes.length - 1] ^= 1;
    Files.write(second, bytes);
    Files.delete(files.get(3));
    try (Spool spool = open(1 << 20)) {
      List<Long> read = take(spool);
      assertThat(losses.byCause()).containsExactly(Map.entry("damaged", 100L - read.size()));
      assertThat(read).isSorted().contains(0L, 99L);
      assertThat(spool.waiting()).isZero();
    }
  }

  @Test
  void shouldCutATornTail() throws Exception {
    try (Spool spool = open(1 << 20)) {
      append(spool, 0, 5);
    }
    Path last = segments().get(0);
    byte[] bytes = Files.readAllBytes(last);
    Files.write(last, Arrays.copyOf(bytes, bytes.length - 10));
    try (Spool spool = open(1 << 20)) {
      append(spool, 4, 1);
      assertThat(take(spool)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void shouldBelongToOneProcess() throws Exception {
    try (Spool spool = open(1 << 20)) {
      assertThat(spool.isDurable()).isTrue();
      assertThatThrownBy(() -> open(1 << 20))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by another node");
    }
  }

  @Test
  void shouldSayThatAFolderCantBeUsed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThatThrownBy(() ->
            new Spool(
                new SpoolConfig(file, 1 << 20, Duration.ofHours(1), false), losses, () -> nowNanos))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a folder with permission to write");
  }

  @Test
  void shouldRefuseARecordLargerThanItself() throws Exception {
    try (Spool spool = open(64 << 10)) {
      OutgoingRecord large = new OutgoingRecord("k", List.of(), new byte[65 << 10]);
      assertThatThrownBy(() -> spool.append(large)).isInstanceOf(IOException.class);
      assertThat(losses.byCause()).containsExactly(Map.entry("tooLarge", 1L));
      append(spool, 1, 1);
      assertThat(take(spool)).containsExactly(1L);
    }
  }

  private Spool open(long maxBytes) throws IOException {
    return new Spool(
        new SpoolConfig(folder.resolve("spool"), maxBytes, Duration.ofHours(1), false),
        losses,
        () -> nowNanos);
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
      return files.filter(file -> SpoolSegment.firstOf(file) >= 0).sorted().toList();
    }
  }

  static OutgoingRecord record(long number) {
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (number * 31 + i);
    }
    return new OutgoingRecord(
        "robot/camera",
        List.of(
            new RecordHeader("ce_id", ("id-" + number).getBytes(StandardCharsets.UTF_8)),
            new RecordHeader("empty", new byte[0])),
        value);
  }

  private static void append(Spool spool, long first, int count) throws IOException {
    for (long i = first; i < first + count; i++) {
      spool.append(record(i));
    }
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  /** Takes all that waits; every record must be what it was. */
  static List<Long> take(Spool spool) throws InterruptedException {
    List<Long> taken = new ArrayList<>();
    for (Backlog.Entry entry = spool.take(0); entry != null; entry = spool.take(0)) {
      assertThat(entry.record().value()).isEqualTo(record(entry.index()).value());
      taken.add(entry.index());
    }
    return taken;
  }
}
