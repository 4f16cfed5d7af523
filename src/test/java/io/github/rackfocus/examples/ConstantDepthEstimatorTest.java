package io.github.rackfocus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthEstimatorContract;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.SyntheticStack;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.sweep.FocalStack;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A new model is tested by the contract that holds for all, and by what is its own. */
class ConstantDepthEstimatorTest extends DepthEstimatorContract {
  private static final double DEPTH = 0.25;

  @Override
  protected DepthEstimator create() {
    return new ConstantDepthEstimator(DEPTH);
  }

  /** This model ignores the images, so that no slope comes out; all others keep the default. */
  @Override
  protected double leastSlope() {
    return -1;
  }

  @Test
  void shouldPublishItsDepthInMetres() {
    try (DepthEngine engine =
            new DepthEngine(
                create(),
                new DepthPostProcessor(ValidityThresholds.DEFAULTS),
                1,
                System::nanoTime);
        FocalStack stack = SyntheticStack.stack(frames, 64, 48, 10);
        DepthMap map = Objects.requireNonNull(engine.compute(stack))) {
      // Pixels that are saturated in the plane in focus stay without a depth.
      assertThat(map.info().validShare()).isGreaterThan(0.99);
      for (int i = 0; i < map.pixels(); i++) {
        if (map.validity().get(i) == Validity.VALID.code()) {
          assertThat(map.depth().get(i)).isBetween(0.2499f, 0.2501f);
        }
      }
    }
  }
}
