package io.github.rackfocus.eval;

import io.github.rackfocus.depth.ModelIdentity;

/**
 * The result of one model on one stack.
 *
 * @param stack name of the stack's folder
 * @param unit {@code dioptre} (depth in metres) or {@code index}
 * @param inputSha256 SHA-256 of the stack's files, lower-case hex
 * @param noise standard deviation of the added noise, 0 to 255
 * @param iterations refinement iterations of the model
 * @param knownPixels pixels with a known truth, 0 without ground truth
 * @param evaluatedPixels pixels with a known truth that were evaluated
 * @param pixelsAtInfinity evaluated pixels with infinite depth, evaluated in planes only
 * @param validShare share of all pixels that would have been published
 */
public record StackResult(
    String stack,
    String unit,
    int planes,
    int width,
    int height,
    String inputSha256,
    double noise,
    ModelIdentity model,
    String executionProvider,
    int iterations,
    int knownPixels,
    int evaluatedPixels,
    int pixelsAtInfinity,
    double validShare,
    Scores scores) {

  /** Returns whether the stack has ground truth. */
  public boolean hasTruth() {
    return knownPixels > 0;
  }
}
