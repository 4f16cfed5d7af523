package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.camera.InputStatus.Messages;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocusAxis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InputMonitorTest {
  private static final long SECOND = 1_000_000_000L;

  private final Inputs source = new Inputs();
  private long now = SECOND;
  private boolean wanted = true;
  private final InputMonitor monitor =
      new InputMonitor(source, FocusAxis.uniformDioptres(1, 3, 3), () -> wanted, () -> now);

  /** A source of which only the inputs matter. */
  private static final class Inputs implements FrameSource {
    private @Nullable InputStatus status = status(0);

    static InputStatus status(long imageNanos) {
      return new InputStatus(
          new Messages("/image", 1, 1, imageNanos, SECOND), null, Double.NaN, Double.NaN);
    }

    @Override
    public String name() {
      return "test";
    }

    @Override
    public FocusScale scale() {
      return FocusScale.DIOPTRE;
    }

    @Override
    public double[] planeFocus() {
      return new double[] {1, 2, 3};
    }

    @Override
    public @Nullable Frame next() {
      return null;
    }

    @Override
    public @Nullable InputStatus inputs() {
      return status;
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private String missingAfter(long seconds) {
    now += seconds * SECOND;
    monitor.look();
    NodeHealth.Inputs health = monitor.health();
    assertThat(health).isNotNull();
    return health.missing();
  }

  @Test
  void shouldNoticeThatImagesStopAndComeBack() {
    monitor.sweep(new boolean[] {false, false, false});
    assertThat(missingAfter(0)).isEmpty();
    assertThat(missingAfter(3)).isEmpty();
    assertThat(missingAfter(1)).isEqualTo("no image for 4.0 s on /image");
    source.status = Inputs.status(now);
    monitor.sweep(new boolean[] {false, false, false});
    assertThat(missingAfter(1)).isEmpty();
  }

  @Test
  void shouldMissNothingThatNobodyWants() {
    wanted = false;
    assertThat(missingAfter(100)).isEmpty();
    wanted = true;
    assertThat(missingAfter(1)).as("the wait begins now").isEmpty();
    assertThat(missingAfter(4)).isEqualTo("no image for 4.0 s on /image");
  }

  @Test
  void shouldNamePlanesAndExplainAReplay() {
    monitor.sweep(new boolean[] {false, true, false});
    NodeHealth.Inputs health = monitor.health();
    assertThat(health).isNotNull();
    assertThat(health.planesMissing()).containsExactly(1);
    assertThat(monitor.explanation())
        .isEqualTo(
            "no recent frame of plane 1 (2.000) of 3; planes are from 1.000 to 3.000 dioptres");
  }

  @Test
  void shouldSayNothingOfASourceWithoutInputs() {
    source.status = null;
    monitor.look();
    assertThat(monitor.health()).isNull();
    assertThat(monitor.explanation()).isNull();
  }
}
