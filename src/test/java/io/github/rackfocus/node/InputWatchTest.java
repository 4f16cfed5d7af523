package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.camera.InputStatus.Messages;
import io.github.rackfocus.node.InputWatch.Sweep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InputWatchTest {
  private static final long SECOND = 1_000_000_000L;
  private static final double[] FOCUS = {1, 2, 3, 4};
  private static final long STAMP = 1_700_000_000L * SECOND;

  private final InputWatch watch = new InputWatch(2 * SECOND);

  private static InputStatus inputs(Messages images, @Nullable Messages readings) {
    return new InputStatus(images, readings, 1.0, 3.25);
  }

  private static Messages images(long arrivalSeconds) {
    return new Messages("/image_raw", 7, 7, arrivalSeconds * SECOND, STAMP);
  }

  private static Messages readings(long arrivalSeconds, long stampNanos) {
    return new Messages("/lens_state", 9, 9, arrivalSeconds * SECOND, stampNanos);
  }

  private static Sweep sweep(long completeSeconds, boolean... missing) {
    return new Sweep(FOCUS, missing, completeSeconds * SECOND);
  }

  private @Nullable String at(long seconds, InputStatus inputs, Sweep sweep) {
    return watch.missing(inputs, sweep, SECOND, seconds * SECOND);
  }

  @Test
  void shouldSayNothingWhileAllInputsArrive() {
    InputStatus fresh = inputs(images(100), readings(100, STAMP));
    assertThat(at(101, fresh, sweep(100, false, false, false, false))).isNull();
    assertThat(at(101, inputs(images(100), null), sweep(100, false, false, false, false))).isNull();
  }

  @Test
  void shouldWaitBeforeTheFirstImageAndThenNameItsTopic() {
    InputStatus none = inputs(new Messages("/image_raw", 0, 0, 0, 0), null);
    Sweep empty = sweep(0, true, true, true, true);
    assertThat(at(3, none, empty)).isNull();
    assertThat(at(4, none, empty)).isEqualTo("no image for 3.0 s on /image_raw");
  }

  @Test
  void shouldCountRejectedImages() {
    InputStatus rejected = inputs(new Messages("/image_raw", 12, 0, 0, 0), null);
    assertThat(at(6, rejected, sweep(0, true, true, true, true)))
        .isEqualTo("no image for 5.0 s on /image_raw (12 were rejected)");
  }

  @Test
  void shouldNameTheReadingsIfOnlyTheyStopped() {
    InputStatus stopped = inputs(images(100), readings(96, STAMP - 4 * SECOND));
    assertThat(at(100, stopped, sweep(96, true, true, true, true)))
        .isEqualTo("images arrive, but no lens reading for 4.0 s on /lens_state");
  }

  @Test
  void shouldShowBothClocksIfTheyAreApart() {
    InputStatus apart = inputs(images(100), readings(100, 1234 * SECOND + 5_000_000));
    assertThat(at(100, apart, sweep(0, true, true, true, true)))
        .isEqualTo(
            "the newest image has the stamp 1700000000.000 s and the newest lens reading"
                + " 1234.005 s; expected stamps of one clock");
  }

  @Test
  void shouldNameThePlanesThatASweepLeavesOut() {
    InputStatus fresh = inputs(images(100), readings(100, STAMP));
    Sweep partial = sweep(95, false, false, false, true);
    assertThat(at(99, fresh, partial)).as("a sweep may take its time").isNull();
    assertThat(at(100, fresh, partial))
        .isEqualTo(
            "no recent frame of plane 3 (4.000) of 4; planes are from 1.000 to 4.000 dioptres,"
                + " lens readings from 1.000 to 3.250");
    assertThat(at(100, fresh, sweep(95, true, true, false, false)))
        .startsWith("no recent frame of planes 0 (1.000), 1 (2.000) of 4;");
  }

  @Test
  void shouldExplainAReplayWithoutMapsWhateverTheTime() {
    Sweep empty = sweep(0, true, true, true, true);
    assertThat(InputWatch.explanation(inputs(new Messages("/image", 4, 0, 0, 0), null), empty))
        .isEqualTo("4 images arrived on /image, and all were rejected");
    assertThat(
            InputWatch.explanation(
                inputs(images(1), new Messages("/lens_state", 0, 0, 0, 0)), empty))
        .isEqualTo("no lens reading arrived on /lens_state");
    assertThat(
            InputWatch.explanation(
                inputs(images(1), readings(1, STAMP)), sweep(1, false, false, false, false)))
        .isNull();
  }
}
