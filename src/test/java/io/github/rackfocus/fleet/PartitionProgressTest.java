package io.github.rackfocus.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

class PartitionProgressTest {
  @Property(tries = 200, seed = "20261120")
  void shouldNeverPassAMapThatIsUnderWay(
      @ForAll @IntRange(min = 0, max = 40) int frames, @ForAll long seed) {
    Random random = new Random(seed);
    PartitionProgress progress = new PartitionProgress(0, 100);
    List<Long> begun = new ArrayList<>();
    for (long offset = 100; offset < 100 + frames; offset++) {
      if (random.nextBoolean()) {
        progress.begin(offset);
        begun.add(offset);
      } else {
        progress.read(offset);
      }
    }
    Collections.shuffle(begun, random);
    while (!begun.isEmpty()) {
      assertThat(progress.finished()).isEqualTo(Collections.min(begun));
      progress.finish(begun.remove(0));
    }
    assertThat(progress.finished()).isEqualTo(100 + frames);
  }

  @Example
  void shouldReadBackWithoutWantingWhatIsFinished() {
    PartitionProgress progress = new PartitionProgress(3, 100);
    progress.read(90);
    assertThat(progress.isWanted(90)).isFalse();
    assertThat(progress.finished()).isEqualTo(100);
    assertThat(progress.isWanted(100)).isTrue();
  }

  @Example
  void shouldSkipButNotForgetWhatIsUnderWay() {
    PartitionProgress progress = new PartitionProgress(3, 0);
    progress.begin(0);
    progress.skipTo(50);
    assertThat(progress.finished()).isZero();
    assertThat(progress.isWanted(49)).isFalse();
    progress.finish(0);
    assertThat(progress.finished()).isEqualTo(50);
  }

  @Example
  void shouldFindWhereToReadFromBesideACommittedOffset() {
    assertThat(FrameConsumer.readBackOf(new OffsetAndMetadata(50, "read-back=20"))).isEqualTo(20);
    assertThat(FrameConsumer.readBackOf(new OffsetAndMetadata(50, "read-back=60"))).isEqualTo(50);
    assertThat(FrameConsumer.readBackOf(new OffsetAndMetadata(50, "read-back=-4"))).isZero();
    assertThat(FrameConsumer.readBackOf(new OffsetAndMetadata(50, "read-back=x"))).isEqualTo(50);
    assertThat(FrameConsumer.readBackOf(new OffsetAndMetadata(50, ""))).isEqualTo(50);
    assertThat(FrameConsumer.readBackOf(null)).isZero();
  }
}
