package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.InputStatus;
import org.junit.jupiter.api.Test;

class InputTallyTest {
  private final InputTally tally = new InputTally();

  @Test
  void shouldCountWhatArrivesAndWhatIsUsed() {
    tally.imageReceived();
    tally.imageReceived();
    tally.imageAccepted(17);
    InputStatus status = tally.status("/image", null);
    assertThat(status.images().topic()).isEqualTo("/image");
    assertThat(status.images().received()).isEqualTo(2);
    assertThat(status.images().accepted()).isEqualTo(1);
    assertThat(status.images().stampNanos()).isEqualTo(17);
    assertThat(status.readings()).isNull();
    assertThat(status.lowestFocus()).isNaN();
  }

  @Test
  void shouldTellTheRangeOfTheReadings() {
    tally.readingReceived();
    tally.readingAccepted(1, 2.5);
    tally.readingReceived();
    tally.readingAccepted(2, -0.5);
    tally.readingReceived();
    tally.readingAccepted(3, Double.NaN);
    InputStatus status = tally.status("/image", "/lens_state");
    assertThat(status.lowestFocus()).isEqualTo(-0.5);
    assertThat(status.highestFocus()).isEqualTo(2.5);
    assertThat(status.readings()).isNotNull();
    assertThat(status.readings().accepted()).isEqualTo(3);
    assertThat(status.readings().stampNanos()).isEqualTo(3);
  }
}
