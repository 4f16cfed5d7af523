package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;
import java.util.List;

/**
 * Turns focal stacks into positions on the focus axis.
 *
 * <p>One thread at a time calls {@link #estimate}; implementations may keep what they computed from
 * a frame for the next stack that holds the same frame, so an estimator belongs to one camera.
 */
public interface DepthEstimator extends AutoCloseable {
  /** Which model this is. */
  ModelIdentity model();

  /** Where it runs and why there, such as {@code CPU} or {@code CPU (CUDA not to be had: …)}. */
  String executionProvider();

  /** Fewest planes it takes. */
  int minPlanes();

  /** Most planes it takes. */
  int maxPlanes();

  /** Proximal iterations the next map gets; 0 for methods that do not iterate. */
  int iterations();

  /**
   * The numbers of iterations that {@link #useIterations} takes, ascending. Only those that stand
   * ready: the last is what was asked for when the estimator was opened.
   */
  default List<Integer> iterationChoices() {
    return List.of(iterations());
  }

  /**
   * Changes how many iterations the maps from now on get, at no cost. On the estimator's thread.
   *
   * @param iterations one of {@link #iterationChoices}
   * @throws IllegalArgumentException for any other, listing them
   */
  default void useIterations(int iterations) {
    if (iterations != iterations()) {
      throw new IllegalArgumentException(
          iterations + " iterations do not stand ready; expected one of " + iterationChoices());
    }
  }

  /**
   * Does what depends on single frames of a stack of which no map is made, so that the next map
   * costs no more than one frame. On the estimator's thread; nothing by default.
   *
   * @throws IllegalArgumentException if the stack has a number of planes or a size it can't take
   * @throws DepthException if inference fails
   */
  default void prepare(FocalStack stack) {}

  /**
   * Fills a map's position, error, confidence and all-in-focus planes for every pixel.
   *
   * @param stack Z frames of H x W, far to near; the caller keeps its lease
   * @param into a map of the stack's size, leased by the caller
   * @throws IllegalArgumentException if the stack has a number of planes or a size it can't take
   * @throws DepthException if inference fails
   */
  void estimate(FocalStack stack, DepthMap into);

  @Override
  void close();
}
