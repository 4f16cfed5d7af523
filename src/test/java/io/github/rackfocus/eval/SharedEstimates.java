package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Estimates a stack once for several engines, which then differ in nothing else. For one thread;
 * closing it closes nothing.
 */
final class SharedEstimates implements DepthEstimator {
  private final DepthEstimator estimator;
  private @Nullable FocalStack last;
  private float[][] layers = new float[4][0];

  SharedEstimates(DepthEstimator estimator) {
    this.estimator = estimator;
  }

  /** Forgets the last stack, which is about to be closed. */
  void forget() {
    last = null;
  }

  @Override
  public void estimate(FocalStack stack, DepthMap into) {
    FloatBuffer[] buffers = {into.position(), into.error(), into.confidence(), into.allFocus()};
    if (stack != last) {
      estimator.estimate(stack, into);
      layers = new float[buffers.length][into.pixels()];
      for (int i = 0; i < buffers.length; i++) {
        buffers[i].get(0, layers[i]);
      }
      last = stack;
      return;
    }
    for (int i = 0; i < buffers.length; i++) {
      buffers[i].put(0, layers[i]);
    }
  }

  @Override
  public ModelIdentity model() {
    return estimator.model();
  }

  @Override
  public String executionProvider() {
    return estimator.executionProvider();
  }

  @Override
  public int minPlanes() {
    return estimator.minPlanes();
  }

  @Override
  public int maxPlanes() {
    return estimator.maxPlanes();
  }

  @Override
  public int iterations() {
    return estimator.iterations();
  }

  @Override
  public void close() {}
}
