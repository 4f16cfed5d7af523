package io.github.rackfocus.eval;

/**
 * Describes the input of an evaluation: a stack and the noise added to it.
 *
 * @param name name of the stack's folder
 * @param unit {@code dioptre} (depth in metres) or {@code index}
 * @param planes number of planes
 * @param width in pixels
 * @param height in pixels
 * @param inputSha256 SHA-256 of the folder's files, lower-case hex
 * @param noise standard deviation of the added noise, 0 to 255
 */
public record StackInfo(
    String name, String unit, int planes, int width, int height, String inputSha256, double noise) {

  StackInfo withNoise(double sigma) {
    return new StackInfo(name, unit, planes, width, height, inputSha256, sigma);
  }
}
