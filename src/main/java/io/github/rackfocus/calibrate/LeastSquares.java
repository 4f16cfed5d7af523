package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;

/**
 * Nonlinear least squares by Levenberg and Marquardt for a few shared unknowns and many blocks of
 * data, each with unknowns of its own, such as the pose of a board. The blocks' unknowns are
 * eliminated first (Schur complement; Triggs et al., Bundle Adjustment, 2000), so a step costs
 * little more than the blocks' Jacobians, which are central differences. Residuals beyond three
 * standard errors have Huber's weight.
 */
final class LeastSquares {
  /** A block of residuals with unknowns of its own. */
  interface Block {
    /** Number of residuals. */
    int size();

    /** Its own unknowns, which the solver changes in place; may be empty. */
    double[] local();

    /** Steps of the central differences of its own unknowns. */
    double[] localSteps();

    /** Writes the residuals, each divided by its standard error. */
    void residuals(double[] shared, double[] local, double[] out);
  }

  /**
   * A solution.
   *
   * @param shared all shared unknowns
   * @param sigma one standard error of each; 0 where it was fixed; infinite where the data say
   *     nothing
   * @param correlation of the free unknowns, in the order of {@code free}
   * @param cost half the sum of squares, with Huber's loss
   * @param converged whether steps became small
   */
  record Solution(
      double[] shared, double[] sigma, double[][] correlation, double cost, boolean converged) {}

  private static final double HUBER = 3;
  private static final int MAX_STEPS = 60;
  private static final double SMALL_DECREASE = 1e-9;

  private final List<? extends Block> blocks;
  private final int[] free;
  private final double[] steps;
  private final List<Normal> normals = new ArrayList<>();

  /** The normal equations of a block at the current point. */
  private static final class Normal {
    final double[][] ll;
    final double[][] ls;
    final double[] bl;
    final double[] bs;

    Normal(int local, int shared) {
      ll = new double[local][local];
      ls = new double[local][shared];
      bl = new double[local];
      bs = new double[shared];
    }
  }

  /**
   * @param free indices of the shared unknowns to solve for; the others keep their values
   * @param steps steps of the central differences of all shared unknowns
   */
  LeastSquares(List<? extends Block> blocks, int[] free, double[] steps) {
    this.blocks = blocks;
    this.free = free.clone();
    this.steps = steps.clone();
  }

  /** Solves from a start; the blocks' own unknowns start where they are. */
  Solution solve(double[] start) {
    double[] shared = start.clone();
    double cost = cost(shared);
    double damping = 1e-3;
    boolean converged = false;
    double[][] ss = linearise(shared);
    for (int step = 0; step < MAX_STEPS && !converged; step++) {
      List<double[]> before = locals();
      double[] tried = shared.clone();
      boolean solvable = move(ss, damping, tried);
      double triedCost = solvable ? cost(tried) : Double.POSITIVE_INFINITY;
      if (triedCost <= cost) {
        converged = cost - triedCost <= SMALL_DECREASE * (1 + cost);
        cost = triedCost;
        shared = tried;
        damping = Math.max(1e-12, damping / 10);
        ss = linearise(shared);
      } else {
        restore(before);
        damping *= 10;
        converged = damping > 1e9;
      }
    }
    return solution(shared, ss, cost, converged);
  }

  private double cost(double[] shared) {
    double sum = 0;
    for (Block block : blocks) {
      double[] residuals = new double[block.size()];
      block.residuals(shared, block.local(), residuals);
      for (double r : residuals) {
        double size = Math.abs(r);
        sum += size <= HUBER ? r * r / 2 : HUBER * (size - HUBER / 2);
      }
    }
    return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
  }

  private double[][] linearise(double[] shared) {
    double[][] ss = new double[free.length][free.length];
    normals.clear();
    for (Block block : blocks) {
      normals.add(linearise(block, shared, ss));
    }
    return ss;
  }

  private Normal linearise(Block block, double[] shared, double[][] ss) {
    int n = block.size();
    int ns = free.length;
    double[] local = block.local();
    double[] r = new double[n];
    block.residuals(shared, local, r);
    double[][] js = new double[ns][];
    double[] moved = shared.clone();
    for (int i = 0; i < ns; i++) {
      js[i] = derivative(block, moved, local, moved, free[i], steps[free[i]]);
    }
    double[][] jl = new double[local.length][];
    double[] movedLocal = local.clone();
    for (int i = 0; i < local.length; i++) {
      jl[i] = derivative(block, shared, movedLocal, movedLocal, i, block.localSteps()[i]);
    }
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      weights[k] = Math.min(1, HUBER / Math.max(HUBER, Math.abs(r[k])));
    }
    Normal normal = new Normal(local.length, ns);
    for (int i = 0; i < ns; i++) {
      normal.bs[i] = -dot(js[i], r, weights);
      for (int j = 0; j <= i; j++) {
        double product = dot(js[i], js[j], weights);
        ss[i][j] += product;
        if (i != j) {
          ss[j][i] += product;
        }
      }
    }
    for (int i = 0; i < local.length; i++) {
      normal.bl[i] = -dot(jl[i], r, weights);
      for (int j = 0; j < local.length; j++) {
        normal.ll[i][j] = dot(jl[i], jl[j], weights);
      }
      for (int j = 0; j < ns; j++) {
        normal.ls[i][j] = dot(jl[i], js[j], weights);
      }
    }
    return normal;
  }

  /** {@code moved} is the array of {@code shared} and {@code local} that is varied. */
  private static double[] derivative(
      Block block, double[] shared, double[] local, double[] moved, int index, double step) {
    double at = moved[index];
    double[] above = new double[block.size()];
    double[] below = new double[block.size()];
    moved[index] = at + step;
    block.residuals(shared, local, above);
    moved[index] = at - step;
    block.residuals(shared, local, below);
    moved[index] = at;
    for (int k = 0; k < above.length; k++) {
      above[k] = (above[k] - below[k]) / (2 * step);
    }
    return above;
  }

  private static double dot(double[] a, double[] b, double[] weights) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k] * weights[k];
    }
    return sum;
  }

  /** Adds a damped step to the shared unknowns and to the blocks'; false if it can't be found. */
  private boolean move(double[][] ss, double damping, double[] shared) {
    int ns = free.length;
    double[][] reduced = new double[ns][];
    double[] right = new double[ns];
    for (int i = 0; i < ns; i++) {
      reduced[i] = ss[i].clone();
      // An unknown that the data don't touch stays where it is.
      reduced[i][i] = ss[i][i] * (1 + damping) + (ss[i][i] == 0 ? 1 : 0);
    }
    List<Cholesky> factors = new ArrayList<>();
    for (Normal normal : normals) {
      for (int i = 0; i < ns; i++) {
        right[i] += normal.bs[i];
      }
      Cholesky factor = Cholesky.of(damped(normal.ll, damping));
      if (factor == null) {
        return false;
      }
      factors.add(factor);
      eliminate(normal, factor, reduced, right);
    }
    Cholesky all = Cholesky.of(reduced);
    if (all == null) {
      return false;
    }
    double[] step = all.solve(right);
    for (int i = 0; i < ns; i++) {
      shared[free[i]] += step[i];
    }
    for (int b = 0; b < blocks.size(); b++) {
      Normal normal = normals.get(b);
      double[] rest = normal.bl.clone();
      for (int i = 0; i < rest.length; i++) {
        for (int j = 0; j < ns; j++) {
          rest[i] -= normal.ls[i][j] * step[j];
        }
      }
      double[] localStep = factors.get(b).solve(rest);
      double[] local = blocks.get(b).local();
      for (int i = 0; i < local.length; i++) {
        local[i] += localStep[i];
      }
    }
    return true;
  }

  private static void eliminate(
      Normal normal, Cholesky factor, double[][] reduced, double[] right) {
    int ns = right.length;
    int nl = normal.bl.length;
    if (nl == 0) {
      return;
    }
    double[] solvedRight = factor.solve(normal.bl);
    for (int j = 0; j < ns; j++) {
      double[] column = new double[nl];
      for (int i = 0; i < nl; i++) {
        column[i] = normal.ls[i][j];
        right[j] -= normal.ls[i][j] * solvedRight[i];
      }
      double[] solved = factor.solve(column);
      for (int k = 0; k < ns; k++) {
        for (int i = 0; i < nl; i++) {
          reduced[k][j] -= normal.ls[i][k] * solved[i];
        }
      }
    }
  }

  private static double[][] damped(double[][] matrix, double damping) {
    double[][] result = new double[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      result[i] = matrix[i].clone();
      result[i][i] *= 1 + damping;
    }
    return result;
  }

  private List<double[]> locals() {
    List<double[]> copies = new ArrayList<>();
    blocks.forEach(block -> copies.add(block.local().clone()));
    return copies;
  }

  private void restore(List<double[]> copies) {
    for (int b = 0; b < blocks.size(); b++) {
      double[] local = blocks.get(b).local();
      System.arraycopy(copies.get(b), 0, local, 0, local.length);
    }
  }

  /**
   * The standard errors: the larger of the model's, from the inverse of the normal equations, and
   * of the one that allows errors within a block to depend on each other (Liang and Zeger 1986).
   */
  private Solution solution(double[] shared, double[][] ss, double cost, boolean converged) {
    int ns = free.length;
    double[][] reduced = new double[ns][];
    for (int i = 0; i < ns; i++) {
      reduced[i] = ss[i].clone();
    }
    double[][] meat = new double[ns][ns];
    int contributing = 0;
    for (Normal normal : normals) {
      Cholesky factor = Cholesky.of(normal.ll);
      double[] score = normal.bs.clone();
      if (factor != null) {
        eliminate(normal, factor, reduced, score);
        contributing++;
        for (int i = 0; i < ns; i++) {
          for (int j = 0; j < ns; j++) {
            meat[i][j] += score[i] * score[j];
          }
        }
      }
    }
    double[] sigma = new double[shared.length];
    double[][] correlation = new double[ns][ns];
    Cholesky all = Cholesky.of(reduced);
    if (all == null) {
      for (int index : free) {
        sigma[index] = Double.POSITIVE_INFINITY;
      }
      return new Solution(shared, sigma, correlation, cost, false);
    }
    double[][] bread = all.inverse();
    double correction = contributing > 1 ? contributing / (contributing - 1.0) : 0;
    for (int i = 0; i < ns; i++) {
      double clustered = correction * quadratic(meat, bread[i]);
      sigma[free[i]] = Math.sqrt(Math.max(bread[i][i], clustered));
      for (int j = 0; j < ns; j++) {
        correlation[i][j] = bread[i][j] / Math.sqrt(bread[i][i] * bread[j][j]);
      }
    }
    return new Solution(shared, sigma, correlation, cost, converged);
  }

  private static double quadratic(double[][] matrix, double[] vector) {
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        sum += vector[i] * matrix[i][j] * vector[j];
      }
    }
    return sum;
  }
}
