package io.github.rackfocus.registration;

import java.util.Arrays;

/**
 * Learns what the lens does to the image, from the motion between successive frames: {@code change
 * = velocity + linear * change of focus + quadratic * change of squared focus}, for each of the six
 * parameters of {@link MotionTemplate}.
 *
 * <p>A recursive least squares fit that forgets over eight sweeps. The return of a saw, or the two
 * directions of a triangle, separate the lens from a camera that moves evenly; until the first such
 * frame a ridge favours the lens. For one thread; allocates nothing.
 */
final class LensMotion {
  private static final int TERMS = 3;
  private static final int N = MotionTemplate.PARAMETERS;
  private static final double SWEEPS = 8;

  /** Ridge of velocity, linear and quadratic term, in frames. */
  private static final double[] RIDGE = {0.5, 0.002, 0.002};

  private final double farthest;
  private final double range;
  private final double keep;
  private final double[] moments = new double[TERMS * TERMS];
  private final double[] products = new double[TERMS * N];
  private final double[] model = new double[TERMS * N];
  private final double[] matrix = new double[TERMS * TERMS];
  private final double[] rhs = new double[TERMS];
  private final double[] solution = new double[TERMS];
  private final double[] terms = new double[TERMS];

  /**
   * @param farthest focus of the farthest plane
   * @param nearest focus of the nearest plane
   */
  LensMotion(int planes, double farthest, double nearest) {
    this.farthest = farthest;
    this.range = nearest - farthest;
    this.keep = 1 - 1 / (SWEEPS * planes);
  }

  /** Forgets everything. */
  void clear() {
    Arrays.fill(moments, 0);
    Arrays.fill(products, 0);
    Arrays.fill(model, 0);
  }

  /**
   * Learns from two successive frames.
   *
   * @param change of the six parameters
   */
  void learn(double focusBefore, double focusAfter, double[] change) {
    fillTerms(focusBefore, focusAfter, 1);
    for (int row = 0; row < TERMS; row++) {
      for (int column = 0; column < TERMS; column++) {
        int at = row * TERMS + column;
        moments[at] = keep * moments[at] + terms[row] * terms[column];
      }
      for (int i = 0; i < N; i++) {
        int at = i * TERMS + row;
        products[at] = keep * products[at] + terms[row] * change[i];
      }
    }
    for (int i = 0; i < N; i++) {
      System.arraycopy(moments, 0, matrix, 0, TERMS * TERMS);
      for (int term = 0; term < TERMS; term++) {
        matrix[term * TERMS + term] += RIDGE[term];
      }
      System.arraycopy(products, i * TERMS, rhs, 0, TERMS);
      Cholesky.solve(matrix, rhs, solution, TERMS);
      System.arraycopy(solution, 0, model, i * TERMS, TERMS);
    }
  }

  /**
   * Adds the expected change of the six parameters between two frames.
   *
   * @param frames frames between them, for the camera's velocity; 0 for the lens alone
   */
  void addChange(double focusBefore, double focusAfter, double frames, double[] parameters) {
    fillTerms(focusBefore, focusAfter, frames);
    for (int i = 0; i < N; i++) {
      for (int term = 0; term < TERMS; term++) {
        parameters[i] += model[i * TERMS + term] * terms[term];
      }
    }
  }

  private void fillTerms(double before, double after, double frames) {
    double from = (before - farthest) / range;
    double to = (after - farthest) / range;
    terms[0] = frames;
    terms[1] = to - from;
    terms[2] = to * to - from * from;
  }
}
