package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.simulated.MovingParts;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MovedTruthTest {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;

  /** Without breathing, so that truth changes by moving parts only; hardly any blur. */
  private static final SimulatedCameraConfig CONFIG =
      SimulatedCameraConfig.DEFAULTS
          .withSize(WIDTH, HEIGHT)
          .withScene(new SimulatedCameraConfig.Scene(5, 0.03))
          .withOptics(new SimulatedCameraConfig.Optics(1, 0))
          .withPlayback(new SimulatedCameraConfig.Playback(0, false, 0));

  @Test
  void shouldTellWhatMovedFromWhatIsStill() throws Exception {
    RollingStackConfig off = RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.OFF);
    try (SimulatedCamera camera = new SimulatedCamera(CONFIG, new FramePool(40));
        RollingFocalStack rolling =
            new RollingFocalStack(new FocusAxis(camera.scale(), camera.planeFocus()), off)) {
      int sweep = camera.sweepFrames();
      // To the middle of the third sweep: something is in focus there.
      for (int i = 0; i < 2 * sweep + sweep / 2; i++) {
        try (Frame frame = camera.next()) {
          rolling.offer(frame);
        }
      }
      try (FocalStack stack = rolling.takeStack()) {
        assertThat(stack).isNotNull();
        MovedTruth truth = new MovedTruth(camera, new MovingParts(CONFIG));
        byte[] kinds = truth.kinds(stack);
        long newest = stack.reference().sequence();
        float[] now = camera.groundTruth(newest).values();
        int[] pixels = new int[3];
        for (int i = 0; i < kinds.length; i++) {
          pixels[kinds[i]]++;
        }
        assertThat(Arrays.stream(pixels).min().getAsInt()).isGreaterThan(100);
        for (long before = newest - 2L * sweep + 1; before < newest; before++) {
          float[] then = camera.groundTruth(before).values();
          for (int i = 0; i < kinds.length; i++) {
            if (now[i] != then[i]) {
              assertThat(kinds[i]).as("pixel %d", i).isNotEqualTo(MovedTruth.STILL);
            }
          }
        }
        float[] sweepBefore = camera.groundTruth(newest - sweep).values();
        int found = 0;
        for (int i = 0; i < kinds.length; i++) {
          // In focus on the newest plane, so that the comparison is with one sweep before.
          boolean nearest = stack.referencePlane() == plane(stack, 1 / now[i]);
          if (nearest && Math.abs(1 / now[i] - 1 / sweepBefore[i]) > 0.1) {
            found++;
            assertThat(kinds[i]).as("pixel %d", i).isEqualTo(MovedTruth.MOVED);
          }
        }
        assertThat(found).as("pixels in focus whose depth changed").isPositive();
      }
    }
  }

  private static int plane(FocalStack stack, double focus) {
    int best = 0;
    for (int plane = 1; plane < stack.planes(); plane++) {
      if (Math.abs(stack.focus(plane) - focus) < Math.abs(stack.focus(best) - focus)) {
        best = plane;
      }
    }
    return best;
  }
}
