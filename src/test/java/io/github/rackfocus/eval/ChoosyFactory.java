package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.util.List;

/** Creates baselines that reject index stacks, like a model that does not support them. */
final class ChoosyFactory implements EstimatorFactory {
  private final EstimatorFactory baselines = new Baselines();

  @Override
  public DepthEstimator create(String model) throws IOException {
    DepthEstimator inner = baselines.create(model);
    return new DepthEstimator() {
      @Override
      public ModelIdentity model() {
        return inner.model();
      }

      @Override
      public String executionProvider() {
        return inner.executionProvider();
      }

      @Override
      public int minPlanes() {
        return inner.minPlanes();
      }

      @Override
      public int maxPlanes() {
        return inner.maxPlanes();
      }

      @Override
      public int iterations() {
        return inner.iterations();
      }

      @Override
      public void estimate(FocalStack stack, DepthMap into) {
        if (!stack.scale().isMetric()) {
          throw new IllegalArgumentException("takes dioptres only");
        }
        inner.estimate(stack, into);
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }

  @Override
  public List<String> names() {
    return baselines.names();
  }

  @Override
  public long bytes(String model) throws IOException {
    return baselines.bytes(model);
  }
}
