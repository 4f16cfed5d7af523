package io.github.rackfocus.eval;

/**
 * {@code truth ≈ slope * value + offset}, fitted by least squares.
 *
 * @param slope 0 if all values are equal
 */
record AffineFit(double slope, double offset) {
  /** Fits the first {@code count} pairs of value and truth. */
  static AffineFit of(double[] values, double[] truths, int count) {
    Moments moments = Moments.of(values, truths, count);
    double slope = moments.varianceOfX() > 0 ? moments.covariance() / moments.varianceOfX() : 0;
    return new AffineFit(slope, moments.meanOfY() - slope * moments.meanOfX());
  }

  double predict(double value) {
    return slope * value + offset;
  }
}
