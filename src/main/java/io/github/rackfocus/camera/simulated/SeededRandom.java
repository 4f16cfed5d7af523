package io.github.rackfocus.camera.simulated;

/**
 * A random generator that depends only on a seed, a stream and an index, so that any frame can be
 * reproduced without those before it. Uses SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Not
 * thread-safe.
 */
final class SeededRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * @param seed seed of the simulation
   * @param stream purpose of the numbers
   * @param index index within the stream, such as a frame number
   */
  SeededRandom(long seed, long stream, long index) {
    state = mix(mix(seed + GOLDEN * (stream + 1)) + GOLDEN * (index + 1));
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Returns a number in [0, 1). */
  double next() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Returns a number in [low, high). */
  double between(double low, double high) {
    return low + (high - low) * next();
  }

  /** Returns an integer in [0, bound). */
  int below(int bound) {
    return (int) (next() * bound);
  }

  /** Returns a normal number with mean 0 and variance 1 (Box and Muller 1958). */
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
