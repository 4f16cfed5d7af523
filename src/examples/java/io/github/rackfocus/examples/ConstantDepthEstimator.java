package io.github.rackfocus.examples;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * The smallest possible model: puts every pixel at the same depth, whatever the images show.
 *
 * <p>An estimator answers on the normalised focus axis (0 farthest plane, 1 nearest); metres,
 * uncertainty and validity are added afterwards by {@link
 * io.github.rackfocus.depth.DepthPostProcessor}. For one thread; keeps nothing between stacks.
 */
public final class ConstantDepthEstimator implements DepthEstimator {
  /**
   * Expected error of a guess, as a share of the sweep: the mean distance of the middle from depths
   * that are spread evenly.
   */
  private static final float ERROR = 0.25f;

  private static final float CONFIDENCE = 0.99f;

  private final double depth;

  /**
   * @param depth of every pixel along the optical axis, metres (or the index of a folder without
   *     calibration); depths outside the sweep are moved to its nearer end
   */
  public ConstantDepthEstimator(double depth) {
    this.depth = depth;
  }

  @Override
  public ModelIdentity model() {
    return new ModelIdentity("constant", "1.0.0", "");
  }

  @Override
  public String executionProvider() {
    return "CPU";
  }

  @Override
  public int minPlanes() {
    return FocusAxis.MIN_PLANES;
  }

  @Override
  public int maxPlanes() {
    return FocusAxis.MAX_PLANES;
  }

  @Override
  public int iterations() {
    return 0;
  }

  @Override
  public void estimate(FocalStack stack, DepthMap into) {
    if (stack.planes() < minPlanes() || stack.planes() > maxPlanes()) {
      throw new IllegalArgumentException(
          "the stack has "
              + stack.planes()
              + " planes; expected "
              + minPlanes()
              + " to "
              + maxPlanes());
    }
    into.checkSize(stack.width(), stack.height());
    long start = System.nanoTime();
    float position = positionIn(stack);
    Frame inFocus = stack.frame(nearestPlane(stack, position));
    for (int i = 0; i < into.pixels(); i++) {
      into.position().put(i, position);
      into.error().put(i, ERROR);
      into.confidence().put(i, CONFIDENCE);
      into.allFocus().put(i, inFocus.lumaAt(i) / 255f);
    }
    into.info().recordStage(Stage.STACK, System.nanoTime() - start);
  }

  private float positionIn(FocalStack stack) {
    double focus = stack.scale().focusAt(depth, 0);
    double position = (focus - stack.farthest()) / (stack.nearest() - stack.farthest());
    return (float) Math.max(0, Math.min(1, position));
  }

  private static int nearestPlane(FocalStack stack, float position) {
    int nearest = 0;
    for (int plane = 1; plane < stack.planes(); plane++) {
      if (Math.abs(stack.position(plane) - position)
          < Math.abs(stack.position(nearest) - position)) {
        nearest = plane;
      }
    }
    return nearest;
  }

  @Override
  public void close() {
    // Nothing to release: a model with native memory frees it here and tolerates a second call.
  }
}
