package io.github.rackfocus.kafka.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a spool gives back after a crash at any place, and whatever happens in any order. */
class SpoolLawsTest {
  private static final long MOST = 1 << 20;

  /**
   * A crash leaves a prefix of what was written: everything before the cut comes back, bit by bit
   * and in order, nothing else does, and the spool takes new records behind it.
   */
  @Property(tries = 200, seed = "20261120")
  void shouldGiveBackAPrefixWhereverTheLastFileWasCut(
      @ForAll @IntRange(min = 1, max = 60) int records, @ForAll @IntRange(min = 0) int place)
      throws Exception {
    inAFolder(folder -> {
      write(folder, records);
      List<Path> files = segments(folder);
      Path last = files.get(files.size() - 1);
      byte[] bytes = Files.readAllBytes(last);
      Files.write(last, Arrays.copyOf(bytes, place % bytes.length));
      LossCounts losses = new LossCounts();
      try (Spool spool = open(folder, losses)) {
        List<Long> read = SpoolTest.take(spool);
        assertThat(read).isEqualTo(range(0, read.size()));
        assertThat(read.size()).isBetween((int) SpoolSegment.firstOf(last), records - 1);
        assertThat(losses.total()).isZero();
      }
    });
  }

  /** Damage at any byte of any file costs records from there to the end of that file at most. */
  @Property(tries = 200, seed = "20261120")
  void shouldGiveBackAllBeforeAndBehindADamagedByte(
      @ForAll @IntRange(min = 1, max = 60) int records,
      @ForAll @IntRange(min = 0) int whichFile,
      @ForAll @IntRange(min = 0) int place,
      @ForAll @IntRange(min = 1, max = 255) int flipped)
      throws Exception {
    inAFolder(folder -> {
      write(folder, records);
      List<Path> files = segments(folder);
      int number = whichFile % files.size();
      Path file = files.get(number);
      byte[] bytes = Files.readAllBytes(file);
      bytes[place % bytes.length] ^= (byte) flipped;
      Files.write(file, bytes);
      long first = SpoolSegment.firstOf(file);
      boolean last = number == files.size() - 1;
      long end = last ? records : SpoolSegment.firstOf(files.get(number + 1));
      LossCounts losses = new LossCounts();
      try (Spool spool = open(folder, losses)) {
        List<Long> read = SpoolTest.take(spool);
        List<Long> sound = new ArrayList<>(range(0, first));
        sound.addAll(range(end, records));
        assertThat(read).containsAll(sound).isSorted().doesNotHaveDuplicates();
        List<Long> ofTheFile = new ArrayList<>(read);
        ofTheFile.removeAll(sound);
        assertThat(ofTheFile).isEqualTo(range(first, first + ofTheFile.size()));
        // What a torn tail held is not known; elsewhere every record is accounted for.
        assertThat(losses.total()).isEqualTo(last ? 0 : records - read.size());
      }
    });
  }

  /** A mark that is torn, stale or gone costs repetitions only. */
  @Property(tries = 60, seed = "20261120")
  void shouldLoseNothingWithADamagedMark(@ForAll @IntRange(min = 0, max = 31) int place)
      throws Exception {
    inAFolder(folder -> {
      try (Spool spool = open(folder, new LossCounts())) {
        for (int i = 0; i < 40; i++) {
          spool.append(SpoolTest.record(i));
        }
        SpoolTest.take(spool);
        LongStream.range(0, 17).forEach(spool::release);
      }
      Path mark = folder.resolve("mark");
      byte[] bytes = Files.readAllBytes(mark);
      bytes[place] ^= 0x55;
      Files.write(mark, bytes);
      try (Spool spool = open(folder, new LossCounts())) {
        assertThat(SpoolTest.take(spool)).containsAll(range(17, 40)).isSorted();
      }
    });
  }

  /**
   * Against a model: appends, takes, endings and rewinds in any order; every record is
   * acknowledged, counted as lost, or still there, and none comes again once it has ended.
   */
  @Property(tries = 150, seed = "20261120")
  void shouldAccountForEveryRecordWhateverHappens(@ForAll long seed) throws Exception {
    inAFolder(folder -> {
      Random random = new Random(seed);
      LossCounts losses = new LossCounts();
      Spool spool = open(folder, losses, 64 << 10);
      ArrayDeque<Long> underWay = new ArrayDeque<>();
      TreeSet<Long> acknowledged = new TreeSet<>();
      long appended = 0;
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3, 4 -> spool.append(SpoolTest.record(appended++));
          case 5, 6, 7 -> {
            Backlog.Entry entry = spool.take(0);
            if (entry != null) {
              assertThat(acknowledged).doesNotContain(entry.index());
              assertThat(entry.record().value()).isEqualTo(SpoolTest.record(entry.index()).value());
              underWay.add(entry.index());
            }
          }
          case 8, 9, 10 -> {
            if (!underWay.isEmpty()) {
              long index = random.nextBoolean() ? underWay.removeFirst() : underWay.removeLast();
              spool.release(index);
              acknowledged.add(index);
            }
          }
          default -> {
            spool.rewind();
            underWay.clear();
          }
        }
        assertThat(losses.total() + acknowledged.size() + underWay.size() + spool.waiting())
            .isEqualTo(appended);
      }
      spool.close();
    });
  }

  private interface InFolder {
    void run(Path folder) throws Exception;
  }

  private static void inAFolder(InFolder test) throws Exception {
    Path folder = Files.createTempDirectory("rackfocus-spool-");
    try {
      test.run(folder);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void write(Path folder, int records) throws IOException {
    Path copy = folder.resolve("copy");
    try (Spool spool = open(copy, new LossCounts())) {
      for (int i = 0; i < records; i++) {
        spool.append(SpoolTest.record(i));
      }
    }
    try (Stream<Path> files = Files.list(copy)) {
      for (Path file : files.toList()) {
        Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Spool open(Path folder, LossCounts losses) throws IOException {
    return open(folder, losses, MOST);
  }

  private static Spool open(Path folder, LossCounts losses, long most) throws IOException {
    return new Spool(
        new SpoolConfig(folder, most, Duration.ofHours(1), false), losses, System::nanoTime);
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> SpoolSegment.firstOf(file) >= 0).sorted().toList();
    }
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }
}
