package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.sink.SinkCounters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
  private final StringWriter err = new StringWriter();

  private boolean isComplete(long offered, long delivered, long dropped, long failed, long lost) {
    SinkCounters files =
        new SinkCounters("files", offered, delivered, dropped, failed, lost, Map.of());
    return Deliveries.isComplete(List.of(files), new PrintWriter(err));
  }

  @Test
  void shouldBeCompleteWhenEveryMapOfARecordingArrived() {
    assertThat(isComplete(3, 3, 0, 0, 0)).isTrue();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldMissAMapThatASinkWasInterruptedIn() {
    assertThat(isComplete(3, 2, 0, 0, 0)).isFalse();
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("to files: 1 of 3 maps were not delivered; the log says why");
  }

  @Test
  void shouldCountEachUndeliveredMapOnce() {
    assertThat(isComplete(9, 5, 2, 1, 1)).isFalse();
    assertThat(err.toString()).contains("5 of 9 maps");
  }
}
