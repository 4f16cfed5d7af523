package io.github.rackfocus.eval;

import io.github.rackfocus.depth.ModelIdentity;

/**
 * What one model made of one stack.
 *
 * @param stack name of its folder
 * @param unit {@code dioptre} (depth in metres) or {@code index}
 * @param inputSha256 of the stack's files, lower-case hex
 * @param noise standard deviation of the noise added, of 255
 * @param iterations proximal iterations spent
 * @param knownPixels pixels with a known truth, 0 where there is no ground truth
 * @param judgedPixels those of them that were judged
 * @param pixelsAtInfinity judged pixels whose depth is infinite: judged in planes only
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
    int judgedPixels,
    int pixelsAtInfinity,
    double validShare,
    Scores scores) {

  /** Whether there was anything to judge by. */
  public boolean hasTruth() {
    return knownPixels > 0;
  }
}
