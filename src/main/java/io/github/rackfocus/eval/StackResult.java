package io.github.rackfocus.eval;

import io.github.rackfocus.depth.ModelIdentity;

/**
 * The result of one model on one stack.
 *
 * @param validShare share of all pixels whose depth would be published
 * @param reliability confidence against what is right, of the evaluated pixels
 */
public record StackResult(
    StackInfo stack,
    ModelRun model,
    PixelCounts pixels,
    double validShare,
    Scores scores,
    Reliability reliability) {

  /**
   * How the model was run.
   *
   * @param iterations refinement iterations
   */
  public record ModelRun(ModelIdentity identity, String executionProvider, int iterations) {
    String name() {
      return identity.name();
    }
  }

  /**
   * Numbers of pixels.
   *
   * @param known pixels with a known truth, 0 without ground truth
   * @param evaluated pixels with a known truth that were evaluated
   * @param atInfinity evaluated pixels with infinite depth, evaluated in planes only
   */
  public record PixelCounts(int known, int evaluated, int atInfinity) {}

  /** Returns whether the stack has ground truth. */
  public boolean hasTruth() {
    return pixels.known() > 0;
  }
}
