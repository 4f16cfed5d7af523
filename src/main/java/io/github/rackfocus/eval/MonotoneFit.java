package io.github.rackfocus.eval;

import java.util.stream.IntStream;

/**
 * Least-squares fit of an increasing function from predictions to truths, by the
 * pool-adjacent-violators algorithm (Barlow et al., "Statistical Inference under Order
 * Restrictions", 1972). It has no parameters, and is the best that any monotone rescaling of the
 * prediction could do.
 */
final class MonotoneFit {
  private MonotoneFit() {}

  /**
   * Returns the mean absolute error after the fit.
   *
   * @param values predictions, of which equal ones get equal fitted values
   * @param truths in the same order
   * @param count number of pairs at the start of both arrays, at least 1
   */
  static double meanError(double[] values, double[] truths, int count) {
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Double.compare(values[a], values[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    // Blocks of neighbours in this order that get one fitted value, their mean.
    double[] sums = new double[count];
    int[] sizes = new int[count];
    int blocks = 0;
    int next = 0;
    while (next < count) {
      double value = values[order[next]];
      double sum = 0;
      int size = 0;
      while (next < count && Double.compare(values[order[next]], value) == 0) {
        sum += truths[order[next++]];
        size++;
      }
      sums[blocks] = sum;
      sizes[blocks++] = size;
      while (blocks > 1
          && sums[blocks - 2] * sizes[blocks - 1] >= sums[blocks - 1] * sizes[blocks - 2]) {
        sums[blocks - 2] += sums[blocks - 1];
        sizes[blocks - 2] += sizes[blocks - 1];
        blocks--;
      }
    }
    double error = 0;
    int at = 0;
    for (int block = 0; block < blocks; block++) {
      double fitted = sums[block] / sizes[block];
      for (int i = 0; i < sizes[block]; i++) {
        error += Math.abs(fitted - truths[order[at++]]);
      }
    }
    return error / count;
  }
}
