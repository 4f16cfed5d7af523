package io.github.rackfocus.calibrate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A projective map of a plane: nine numbers row by row, the last of them 1. */
final class Homography {
  private static final int FEWEST = 8;

  private Homography() {}

  /**
   * Fits a map to pairs of points by linear least squares.
   *
   * @param pairs x, y and where they are mapped to
   * @return null if the points are too few or on a line
   */
  static double @Nullable [] fit(List<double[]> pairs) {
    if (pairs.size() < FEWEST) {
      return null;
    }
    // Pixels are hundreds and metres tenths: bring both near 1, or the equations lose digits.
    double scale = 0;
    for (double[] pair : pairs) {
      scale = Math.max(scale, Math.max(Math.abs(pair[0]), Math.abs(pair[1])));
    }
    double[][] normal = new double[8][8];
    double[] right = new double[8];
    for (double[] pair : pairs) {
      double x = pair[0] / scale;
      double y = pair[1] / scale;
      add(normal, right, new double[] {x, y, 1, 0, 0, 0, -x * pair[2], -y * pair[2]}, pair[2]);
      add(normal, right, new double[] {0, 0, 0, x, y, 1, -x * pair[3], -y * pair[3]}, pair[3]);
    }
    Cholesky factor = Cholesky.of(normal);
    if (factor == null) {
      return null;
    }
    double[] h = factor.solve(right);
    return new double[] {
      h[0] / scale,
      h[1] / scale,
      h[2],
      h[3] / scale,
      h[4] / scale,
      h[5],
      h[6] / scale,
      h[7] / scale,
      1
    };
  }

  /** Maps a point. */
  static double[] map(double[] h, double x, double y) {
    double w = h[6] * x + h[7] * y + h[8];
    return new double[] {(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w};
  }

  private static void add(double[][] normal, double[] right, double[] row, double value) {
    for (int i = 0; i < row.length; i++) {
      right[i] += row[i] * value;
      for (int j = 0; j < row.length; j++) {
        normal[i][j] += row[i] * row[j];
      }
    }
  }
}
