package io.github.rackfocus.camera.simulated;

/**
 * Random numbers that depend on a seed and a place only, so that any frame can be made again
 * without the ones before it. The mixing is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
 */
final class SeededRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * @param seed of the whole simulation
   * @param stream what the numbers are for
   * @param index such as a frame's number
   */
  SeededRandom(long seed, long stream, long index) {
    state = mix(mix(seed + GOLDEN * (stream + 1)) + GOLDEN * (index + 1));
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** In [0, 1). */
  double next() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** In [low, high). */
  double between(double low, double high) {
    return low + (high - low) * next();
  }

  /** In [0, bound). */
  int below(int bound) {
    return (int) (next() * bound);
  }

  /** Mean 0, variance 1 (Box and Muller 1958). */
  double gaussian() {
    double radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
