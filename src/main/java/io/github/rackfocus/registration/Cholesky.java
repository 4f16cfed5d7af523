package io.github.rackfocus.registration;

import java.util.Arrays;

/** Solves small symmetric positive definite systems in place. */
final class Cholesky {
  private Cholesky() {}

  /**
   * Solves {@code matrix * x = rhs}.
   *
   * @param matrix n x n, row by row; overwritten by its factor
   * @param rhs n numbers; overwritten
   * @param x receives the solution; 0 where the matrix is not positive definite
   */
  static void solve(double[] matrix, double[] rhs, double[] x, int n) {
    for (int row = 0; row < n; row++) {
      for (int column = 0; column <= row; column++) {
        double sum = matrix[row * n + column];
        for (int k = 0; k < column; k++) {
          sum -= matrix[row * n + k] * matrix[column * n + k];
        }
        if (row > column) {
          matrix[row * n + column] = sum / matrix[column * n + column];
        } else if (sum > 0) {
          matrix[row * n + row] = Math.sqrt(sum);
        } else {
          Arrays.fill(x, 0, n, 0);
          return;
        }
      }
    }
    for (int row = 0; row < n; row++) {
      double sum = rhs[row];
      for (int k = 0; k < row; k++) {
        sum -= matrix[row * n + k] * rhs[k];
      }
      rhs[row] = sum / matrix[row * n + row];
    }
    for (int row = n - 1; row >= 0; row--) {
      double sum = rhs[row];
      for (int k = row + 1; k < n; k++) {
        sum -= matrix[k * n + row] * x[k];
      }
      x[row] = sum / matrix[row * n + row];
    }
  }
}
