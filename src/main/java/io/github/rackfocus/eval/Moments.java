package io.github.rackfocus.eval;

/**
 * Means, variances and covariance of pairs, computed in two passes so that a large mean does not
 * cost a small variance its precision.
 */
record Moments(
    double meanOfX, double meanOfY, double varianceOfX, double varianceOfY, double covariance) {

  /** Returns the moments of the first {@code count} pairs; all {@code NaN} if count is 0. */
  static Moments of(double[] x, double[] y, int count) {
    double sumX = 0;
    double sumY = 0;
    for (int i = 0; i < count; i++) {
      sumX += x[i];
      sumY += y[i];
    }
    double meanX = sumX / count;
    double meanY = sumY / count;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < count; i++) {
      double dx = x[i] - meanX;
      double dy = y[i] - meanY;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
    return new Moments(meanX, meanY, xx / count, yy / count, xy / count);
  }

  /** Returns the Pearson correlation in [-1, 1]; {@code NaN} if one side is constant. */
  double correlation() {
    if (!(varianceOfX > 0) || !(varianceOfY > 0)) {
      return Double.NaN;
    }
    double correlation = covariance / (Math.sqrt(varianceOfX) * Math.sqrt(varianceOfY));
    return Math.max(-1, Math.min(1, correlation));
  }
}
