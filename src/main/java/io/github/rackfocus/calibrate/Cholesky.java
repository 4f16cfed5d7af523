package io.github.rackfocus.calibrate;

import org.jspecify.annotations.Nullable;

/** Solves small symmetric positive definite systems, scaled to a diagonal of ones first. */
final class Cholesky {
  /** Below this, relative to a diagonal of 1, unknowns depend on each other. */
  private static final double SINGULAR = 1e-13;

  private final double[][] lower;
  private final double[] scale;

  private Cholesky(double[][] lower, double[] scale) {
    this.lower = lower;
    this.scale = scale;
  }

  /** Returns the factors of a matrix, or null if it isn't positive definite. */
  static @Nullable Cholesky of(double[][] matrix) {
    int n = matrix.length;
    double[] scale = new double[n];
    for (int i = 0; i < n; i++) {
      if (!(matrix[i][i] > 0)) {
        return null;
      }
      scale[i] = 1 / Math.sqrt(matrix[i][i]);
    }
    double[][] lower = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j] * scale[i] * scale[j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        if (i == j) {
          if (!(sum > SINGULAR)) {
            return null;
          }
          lower[i][i] = Math.sqrt(sum);
        } else {
          lower[i][j] = sum / lower[j][j];
        }
      }
    }
    return new Cholesky(lower, scale);
  }

  /** Returns the solution for a right-hand side. */
  double[] solve(double[] right) {
    int n = right.length;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      double sum = right[i] * scale[i];
      for (int k = 0; k < i; k++) {
        sum -= lower[i][k] * x[k];
      }
      x[i] = sum / lower[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double sum = x[i];
      for (int k = i + 1; k < n; k++) {
        sum -= lower[k][i] * x[k];
      }
      x[i] = sum / lower[i][i];
    }
    for (int i = 0; i < n; i++) {
      x[i] *= scale[i];
    }
    return x;
  }

  /** Returns the inverse of the matrix. */
  double[][] inverse() {
    int n = scale.length;
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] unit = new double[n];
      unit[i] = 1;
      inverse[i] = solve(unit);
    }
    return inverse;
  }
}
