package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;
import java.util.List;

/**
 * Turns focal stacks into positions on the focus axis.
 *
 * <p>One thread at a time calls {@link #estimate}. Implementations may keep what they computed from
 * a frame for the next stack that contains it (see {@link
 * io.github.rackfocus.frame.FrameIdentity}), so an estimator belongs to one camera. {@link
 * DepthEngine} turns its result into a complete depth map.
 */
public interface DepthEstimator extends AutoCloseable {
  /** Identity of the model. */
  ModelIdentity model();

  /**
   * Execution provider and the reason for it, such as {@code CPU} or {@code CPU (CUDA unavailable:
   * …)}.
   */
  String executionProvider();

  /** Minimum number of planes. */
  int minPlanes();

  /** Maximum number of planes. */
  int maxPlanes();

  /** Proximal iterations of the next map; 0 for methods that do not iterate. */
  int iterations();

  /**
   * Numbers of iterations that {@link #useIterations} accepts, ascending: those whose graphs are
   * loaded. The last is the number requested when the estimator was opened.
   */
  default List<Integer> iterationChoices() {
    return List.of(iterations());
  }

  /**
   * Sets the number of iterations of the maps that follow, at no cost. On the estimator's thread.
   *
   * @param iterations one of {@link #iterationChoices}
   * @throws IllegalArgumentException for any other number, listing the choices
   */
  default void useIterations(int iterations) {
    if (iterations != iterations()) {
      throw new IllegalArgumentException(
          iterations + " iterations are not loaded; expected one of " + iterationChoices());
    }
  }

  /**
   * Runs only the frame stage for the new frames of a stack, so that the next map costs one frame.
   * On the estimator's thread; does nothing by default.
   *
   * @throws IllegalArgumentException if the stack has an unsupported size or number of planes
   * @throws DepthException if inference fails
   */
  default void prepare(FocalStack stack) {}

  /**
   * Fills the position, error, confidence and all-in-focus layers of a map for every pixel.
   *
   * @param stack Z frames of H x W, far to near; the caller keeps its lease
   * @param into a map of the stack's size, leased by the caller
   * @throws IllegalArgumentException if the stack has an unsupported size or number of planes
   * @throws DepthException if inference fails
   */
  void estimate(FocalStack stack, DepthMap into);

  @Override
  void close();
}
