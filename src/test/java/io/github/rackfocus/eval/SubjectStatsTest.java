package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.depth.Stage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubjectStatsTest {
  private static final long MILLI = 1_000_000;

  @Test
  void shouldReportPercentilesMeansAndStages() {
    SubjectStats stats = new SubjectStats();
    for (int i = 1; i <= 100; i++) {
      stats.recordMap(i * MILLI, 2 * MILLI, 300);
      stats.recordStage(Stage.STACK, 3 * MILLI);
    }
    assertThat(stats.maps()).isEqualTo(100);
    assertThat(stats.millis(50)).isCloseTo(50, within(0.1));
    assertThat(stats.millis(99)).isCloseTo(99, within(0.1));
    assertThat(stats.stageMillis(Stage.STACK, 50)).isCloseTo(3, within(0.01));
    assertThat(stats.stageMillis(Stage.FRAME, 50)).isZero();
    assertThat(stats.cpuMillisPerMap()).isEqualTo(2);
    assertThat(stats.allocatedBytesPerMap()).isEqualTo(300);
    assertThat(stats.tree()).containsKeys("p50Millis", "p999Millis", "mapsPerSecond", "stages");
  }

  @Test
  void shouldCorrectForCoordinatedOmission() {
    SubjectStats paced = new SubjectStats(10 * MILLI);
    SubjectStats free = new SubjectStats();
    for (SubjectStats stats : new SubjectStats[] {paced, free}) {
      for (int i = 0; i < 9; i++) {
        stats.recordMap(5 * MILLI, 0, 0);
      }
      stats.recordMap(100 * MILLI, 0, 0);
    }
    assertThat(free.millis(50)).isCloseTo(5, within(0.1));
    // 100 ms delayed maps that would have taken 90, 80, ... 10 ms.
    assertThat(paced.maps()).isEqualTo(19);
    assertThat(paced.millis(75)).isGreaterThan(40);
  }

  @Test
  void shouldDiscardTheWarmUp() {
    SubjectStats stats = new SubjectStats();
    stats.recordMap(MILLI, MILLI, 1);
    stats.recordStage(Stage.FINISH, MILLI);
    stats.clear();
    assertThat(stats.maps()).isZero();
    assertThat(stats.stageMillis(Stage.FINISH, 50)).isZero();
    assertThat(stats.allocatedBytesPerMap()).isZero();
  }

  @Test
  void shouldDescribeTheMachine() {
    Map<String, Object> machine = Machine.tree(Map.of("library", "1"));
    assertThat(machine).containsKeys("processor", "processors", "java", "load", "library");
    assertThat(Machine.residentBytes()).isPositive();
  }
}
