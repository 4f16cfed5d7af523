package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.registration.RegistrationMode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RegistrationRunTest {
  @Test
  void shouldMeasureTheMotionItselfUnlessItIsRemoved() throws Exception {
    int frames = 40;
    try (DepthEngine engine =
            new DepthEngine(
                PeakDepthEstimator.sml(),
                new DepthPostProcessor(ValidityThresholds.DEFAULTS),
                1,
                System::nanoTime);
        RegistrationRecording recording =
            new RegistrationRecording(Scenario.BREATHING, 160, 120, frames, 0, line -> {})) {
      RegistrationScores off = RegistrationRun.of(recording, RegistrationMode.OFF, engine);
      RegistrationScores auto = RegistrationRun.of(recording, RegistrationMode.AUTO, engine);

      // 5 % of half a diagonal of 100 pixels at most, over the whole sweep.
      assertThat(off.meanMisregistration()).isBetween(0.5, 5.0);
      assertThat(auto.meanMisregistration()).isLessThan(0.5 * off.meanMisregistration());
      for (RegistrationScores scores : new RegistrationScores[] {off, auto}) {
        assertThat(scores.maps).isEqualTo(frames - 10 * RegistrationRun.WARM_UP_SWEEPS);
        assertThat(scores.pixels).isEqualTo(scores.maps * 160 * 120);
        assertThat(Arrays.stream(scores.codes).sum()).isEqualTo(scores.pixels);
        assertThat(scores.published).isEqualTo(scores.codes[0]);
        for (int code = 0; code < scores.codes.length; code++) {
          long sum = 0;
          for (long[] row : scores.confusion) {
            sum += row[code];
          }
          assertThat(sum).isEqualTo(scores.codes[code]);
        }
        assertThat(scores.confusion[PixelTruth.OFF.ordinal()][0])
            .isLessThanOrEqualTo(scores.publishedOff);
        assertThat(scores.still).as("nothing moves").isEqualTo(scores.pixels);
        assertThat(scores.stackNanos.getTotalCount()).isEqualTo(scores.maps);
      }
    }
  }
}
