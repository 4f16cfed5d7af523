package io.github.rackfocus.onnx;

import io.github.rackfocus.onnx.Manifest.GoldenStack;
import java.nio.FloatBuffer;

/**
 * Computes the stack of a golden vector: a random texture whose contrast falls with the distance of
 * a plane's focus from a ramp of true positions along x. Python computes the same values in double
 * precision from the seed.
 */
final class GoldenInput {
  private static final long PLANES_AT = 1_000_000;
  private final GoldenStack stack;

  GoldenInput(GoldenStack stack) {
    this.stack = stack;
  }

  /** Returns the position of a plane, 0 to 1. */
  double focus(int plane) {
    int last = stack.planes() - 1;
    double jitter = plane == 0 || plane == last ? 0 : 0.4 * (random(PLANES_AT + plane) - 0.5);
    return (plane + jitter) / last;
  }

  /** Returns the luma of a pixel. */
  double luma(int plane, int y, int x) {
    double distance = 6 * (focus(plane) - (0.15 + 0.7 * x / (stack.width() - 1)));
    return 0.5 + (random((long) y * stack.width() + x) - 0.5) / (1 + distance * distance);
  }

  /** Writes luma {@code [Z, 1, H, W]} and focus {@code [1, Z]}. */
  void write(FloatBuffer luma, FloatBuffer focus) {
    int at = 0;
    for (int plane = 0; plane < stack.planes(); plane++) {
      focus.put(plane, (float) focus(plane));
      for (int y = 0; y < stack.height(); y++) {
        for (int x = 0; x < stack.width(); x++) {
          luma.put(at++, (float) luma(plane, y, x));
        }
      }
    }
  }

  /**
   * Returns a number uniform in [0, 1): the upper 53 bits of SplitMix64 (Steele, Lea and Flood
   * 2014).
   */
  private double random(long index) {
    return (splitMix64(stack.seed() + index) >>> 11) * 0x1.0p-53;
  }

  static long splitMix64(long state) {
    long z = state + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
