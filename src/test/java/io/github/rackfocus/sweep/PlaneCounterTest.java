package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.sweep.PlaneCounter.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlaneCounterTest {
  private static final long PERIOD = 50_000_000;
  private static final long START = 1_700_000_000_000_000_000L;
  private static final int PLANES = 7;

  private final List<String> notices = new ArrayList<>();

  /** Focus is the plane's number here. */
  private PlaneCounter counter(Count count, int offset) {
    return new PlaneCounter(
        new PlaneCounter.Config(count, offset, PLANES, 0), step -> step, notices::add);
  }

  private static long stamp(int frame) {
    return START + frame * PERIOD;
  }

  private static double focus(PlaneCounter counter, int frame, long image) {
    return counter.focusOf(stamp(frame), image).focus();
  }

  @Test
  void shouldKeepThePlaneByTheImagesCounterWhateverIsLost() {
    PlaneCounter counter = counter(Count.IMAGE, 3);
    assertThat(focus(counter, 0, 100)).as("not known to count yet").isNaN();
    for (int frame = 1; frame < 200; frame++) {
      if (frame % 11 < 8) {
        assertThat(focus(counter, frame, 100 + frame)).isEqualTo((103 + frame) % PLANES);
      }
    }
    assertThat(counter.lost()).isEqualTo(3 * 18);
    assertThat(notices).isEmpty();
  }

  @Test
  void shouldNotTrustAnImageCounterThatStartsAgain() {
    PlaneCounter counter = counter(Count.IMAGE, 0);
    focus(counter, 0, 500);
    assertThat(focus(counter, 1, 501)).isEqualTo(501 % PLANES);
    assertThat(focus(counter, 2, 0)).isNaN();
    for (int frame = 3; frame < 20; frame++) {
      assertThat(focus(counter, frame, frame - 2)).isNaN();
    }
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).contains("header.seq", "lens_state", "plane_index");
    assertThat(counter.add(stamp(20), 0, 4)).isEqualTo(ReadingResult.TAKEN);
    assertThat(focus(counter, 20, 18)).isEqualTo(4);
    assertThat(focus(counter, 21, 19)).isEqualTo(5);
    assertThat(focus(counter, 25, 23)).isEqualTo((4 + 5) % PLANES);
    assertThat(notices).hasSize(2);
  }

  @Test
  void shouldSayThatAnImageCounterIsNone() {
    PlaneCounter counter = counter(Count.IMAGE, 0);
    for (int frame = 0; frame < 30; frame++) {
      assertThat(focus(counter, frame, 0)).isNaN();
    }
    assertThat(notices).hasSize(1);
  }

  @Test
  void shouldBeginAgainWhereABagLoops() {
    PlaneCounter counter = counter(Count.IMAGE, 0);
    for (int loop = 0; loop < 3; loop++) {
      assertThat(focus(counter, 0, 70)).isNaN();
      for (int frame = 1; frame < 10; frame++) {
        assertThat(focus(counter, frame, 70 + frame)).isEqualTo(frame % PLANES);
      }
    }
    assertThat(notices).allMatch(notice -> notice.contains("again"));
  }

  @Test
  void shouldTakeThePlaneFromTheTriggerCountOfItsExposure() {
    PlaneCounter counter = counter(Count.TRIGGER, 2);
    for (int frame = 0; frame < 100; frame++) {
      boolean lost = frame % 10 == 4;
      counter.add(stamp(frame), 40 + frame, -1);
      if (!lost) {
        assertThat(focus(counter, frame, -1)).isEqualTo((42 + frame) % PLANES);
      }
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void shouldFindTheMessageWithinHalfAFrame() {
    PlaneCounter counter = counter(Count.TRIGGER, 0);
    for (int frame = 0; frame < 50; frame++) {
      counter.add(stamp(frame) + (frame % 3 - 1) * PERIOD / 3, frame, -1);
      double focus = focus(counter, frame, -1);
      if (frame > 3) {
        assertThat(focus).isEqualTo(frame % PLANES);
      }
    }
  }

  @Test
  void shouldCountOnFromAMessageUntilAFrameIsLost() {
    PlaneCounter counter = counter(Count.TRIGGER, 0);
    for (int frame = 0; frame < 10; frame++) {
      counter.add(stamp(frame), 0, frame % PLANES);
      assertThat(focus(counter, frame, -1)).isEqualTo(frame % PLANES);
    }
    for (int frame = 10; frame < 30; frame++) {
      assertThat(focus(counter, frame, -1)).isEqualTo(frame % PLANES);
    }
    for (int frame = 31; frame < 40; frame++) {
      assertThat(focus(counter, frame, -1)).as("one is lost").isNaN();
    }
    assertThat(counter.lost()).isOne();
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).contains("100 ms", "lens_state", "plane_index", "sweep_id");
    counter.add(stamp(40), 0, 3);
    assertThat(focus(counter, 40, -1)).isEqualTo(3);
    assertThat(focus(counter, 41, -1)).isEqualTo(4);
    assertThat(notices).hasSize(2);
  }

  @Test
  void shouldTakeAMessageThatComesAfterItsFrame() {
    PlaneCounter counter = counter(Count.TRIGGER, 0);
    for (int frame = 0; frame < 12; frame++) {
      assertThat(focus(counter, frame, -1)).isNaN();
    }
    counter.add(stamp(11), 0, 2);
    assertThat(focus(counter, 12, -1)).isEqualTo(3);
  }

  @Test
  void shouldRefuseCountsThatCannotBe() {
    PlaneCounter counter = counter(Count.TRIGGER, 0);
    assertThat(counter.add(0, 1, -1)).isEqualTo(ReadingResult.NO_STAMP);
    assertThat(counter.add(stamp(0), 1, PLANES)).isEqualTo(ReadingResult.OUT_OF_RANGE);
    assertThat(counter.add(stamp(1), 7, -1)).isEqualTo(ReadingResult.TAKEN);
    assertThat(counter.add(stamp(1), 8, -1)).isEqualTo(ReadingResult.BACKWARDS);
    assertThat(counter.add(stamp(2), 7, -1)).isEqualTo(ReadingResult.NOT_COUNTING);
    assertThat(focus(counter, 2, -1)).as("a sweep number is no count").isNaN();
    assertThat(counter.add(stamp(0) - 5_000_000_000L, 8, -1))
        .isEqualTo(ReadingResult.RESTARTED_BY_TIME);
  }

  /** Whatever is lost on the way, no frame gets a wrong plane. */
  @Property(tries = 200, seed = "20261128")
  void shouldNeverGiveAWrongPlane(
      @ForAll long seed,
      @ForAll Count count,
      @ForAll @IntRange(min = 0, max = 60) int lostPercent) {
    notices.clear();
    Random random = new Random(seed);
    PlaneCounter counter = counter(count, 0);
    int known = 0;
    for (int frame = 0; frame < 300; frame++) {
      if (random.nextInt(100) >= lostPercent && count == Count.TRIGGER) {
        counter.add(stamp(frame), frame, -1);
      }
      if (random.nextInt(100) >= lostPercent) {
        long jitter = random.nextInt(20_000_000) - 10_000_000;
        double focus = counter.focusOf(stamp(frame) + jitter, frame).focus();
        if (!Double.isNaN(focus)) {
          assertThat(focus).isEqualTo(frame % PLANES);
          known++;
        }
      }
    }
    assertThat(known).isPositive();
  }
}
