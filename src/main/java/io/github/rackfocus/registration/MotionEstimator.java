package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import java.util.Arrays;

/**
 * Estimates the affine motion between a template and a small image, by the inverse compositional
 * algorithm (Baker and Matthews, "Lucas-Kanade 20 Years On", IJCV 2004) with gain and bias solved
 * for in every step.
 *
 * <p>Blocks that disagree with the rest, such as moving objects, get little weight (Geman-McClure).
 * A prior keeps what the texture does not determine at the start value: without texture the result
 * is the start. For one thread; allocates nothing.
 */
final class MotionEstimator {
  private static final int MAX_STEPS = 16;

  /**
   * A step that moves no pixel by more than this, in small pixels, is the last: the error that
   * remains after it is of second order.
   */
  private static final double CONVERGED = 0.02;

  /** A last step that still moves pixels by more than this, in small pixels, is a failure. */
  private static final double UNSTEADY = 0.2;

  /** Mean squared residual of an aligned block without texture, luma 0 to 255, squared. */
  private static final double NOISE = 0.05;

  /** Misalignment that is normal in an aligned block, small pixels, squared. */
  private static final double MISALIGNMENT = 0.1 * 0.1;

  /** Residual, relative to the median block's, at which a block's weight falls to a quarter. */
  private static final double OUTLIER = 4;

  /** Independent pixels are fewer than pixels, because the images are blurred by sigma 1.4. */
  private static final double CORRELATED_PIXELS = 25;

  /** Standard deviations of the prior, small pixels: shift; scale and rotation. */
  private static final double SHIFT = 6;

  private static final double SIMILARITY = 3;

  private static final double MAX_STEP = 4;

  private static final int N = MotionTemplate.PARAMETERS;

  private final double[] matrix = new double[N * N];
  private final double[] rhs = new double[N];
  private final double[] step = new double[N];
  private final double[] deviation = new double[N];
  private final Affine inverseStart = new Affine();
  private final Affine difference = new Affine();
  private final Affine update = new Affine();
  private double[] imageSteepest = new double[0];
  private double[] imageSum = new double[0];
  private double[] imageSquares = new double[0];
  private double[] product = new double[0];
  private double[] weight = new double[0];
  private double[] misfit = new double[0];
  private double[] sorted = new double[0];
  private boolean[] seen = new boolean[0];
  private double expectedShear = 1;
  private double gain;
  private double bias;
  private double correlation;
  private double textureVariance;
  private double agreement;
  private double lastMove;

  /** Sets the standard deviation of the prior on shear and change of aspect, small pixels. */
  void allowShear(double pixels) {
    expectedShear = pixels;
  }

  /**
   * Refines a transform.
   *
   * @param viewToImage from the template's pixels to the image's; the start, and then the result
   * @return whether the iteration converged
   */
  boolean align(MotionTemplate template, SmallImage image, Affine viewToImage) {
    begin(template);
    inverseStart.setInverse(viewToImage);
    lastMove = Double.POSITIVE_INFINITY;
    for (int i = 0; i < MAX_STEPS; i++) {
      if (!gather(template, image, viewToImage)) {
        correlation = 0;
        agreement = 0;
        return false;
      }
      photometry(template);
      double variance = weigh(template);
      solve(template, viewToImage, variance);
      lastMove = apply(template, viewToImage);
      if (lastMove < CONVERGED) {
        break;
      }
    }
    return lastMove < UNSTEADY;
  }

  /** Correlation of template and aligned image over the blocks that agree, at most 1. */
  double correlation() {
    return correlation;
  }

  /** Share of the template's gradient energy in blocks that agree, 0 to 1. */
  double agreement() {
    return agreement;
  }

  /** Variance of the template, luma 0 to 255, squared. */
  double textureVariance() {
    return textureVariance;
  }

  private void begin(MotionTemplate template) {
    int blocks = template.blocks();
    if (weight.length != blocks) {
      imageSteepest = new double[N * blocks];
      imageSum = new double[blocks];
      imageSquares = new double[blocks];
      product = new double[blocks];
      weight = new double[blocks];
      misfit = new double[blocks];
      sorted = new double[blocks];
      seen = new boolean[blocks];
    }
    Arrays.fill(weight, 1);
  }

  /** Sums over every block; false if too few blocks are seen by both. */
  private boolean gather(MotionTemplate template, SmallImage image, Affine viewToImage) {
    int count = 0;
    for (int block = 0; block < template.blocks(); block++) {
      seen[block] = template.isInside(block) && template.mapsInside(viewToImage, block);
      if (seen[block]) {
        gatherBlock(template, image, viewToImage, block);
        count++;
      }
    }
    return 4 * count >= template.blocks();
  }

  private void gatherBlock(
      MotionTemplate template, SmallImage image, Affine viewToImage, int block) {
    int width = template.width();
    float[] values = template.values();
    float[] gradientX = template.gradientX();
    float[] gradientY = template.gradientY();
    float[] from = image.values();
    float[] us = template.us();
    int left = template.left(block);
    int right = template.right(block);
    float stepX = (float) viewToImage.xx();
    float stepY = (float) viewToImage.yx();
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    double total = 0;
    double squares = 0;
    double products = 0;
    for (int y = template.top(block); y < template.bottom(block); y++) {
      float atX = (float) viewToImage.x(left, y);
      float atY = (float) viewToImage.y(left, y);
      float v = template.v(y);
      float rowTotal = 0;
      float rowSquares = 0;
      float rowProducts = 0;
      float rowX = 0;
      float rowY = 0;
      for (int x = left; x < right; x++) {
        int at = y * width + x;
        float value = MotionTemplate.bilinear(from, width, atX, atY);
        float alongX = gradientX[at] * value;
        float alongY = gradientY[at] * value;
        float u = us[x];
        s0 += u * alongX;
        s3 += u * alongY;
        rowX += alongX;
        rowY += alongY;
        rowTotal += value;
        rowSquares += value * value;
        rowProducts += value * values[at];
        atX += stepX;
        atY += stepY;
      }
      s1 += v * rowX;
      s2 += rowX;
      s4 += v * rowY;
      s5 += rowY;
      total += rowTotal;
      squares += rowSquares;
      products += rowProducts;
    }
    int at = N * block;
    imageSteepest[at] = s0;
    imageSteepest[at + 1] = s1;
    imageSteepest[at + 2] = s2;
    imageSteepest[at + 3] = s3;
    imageSteepest[at + 4] = s4;
    imageSteepest[at + 5] = s5;
    imageSum[block] = total;
    imageSquares[block] = squares;
    product[block] = products;
  }

  /** Solves for image = gain * template + bias over the weighted blocks. */
  private void photometry(MotionTemplate template) {
    double n = 0;
    double t = 0;
    double tt = 0;
    double i = 0;
    double ii = 0;
    double ti = 0;
    for (int block = 0; block < template.blocks(); block++) {
      if (seen[block]) {
        double w = weight[block];
        n += w * pixels(template, block);
        t += w * template.sum()[block];
        tt += w * template.sumOfSquares()[block];
        i += w * imageSum[block];
        ii += w * imageSquares[block];
        ti += w * product[block];
      }
    }
    double varianceT = Math.max(0, tt / n - t / n * t / n);
    double varianceI = Math.max(0, ii / n - i / n * i / n);
    double covariance = ti / n - t / n * i / n;
    textureVariance = varianceT;
    correlation =
        varianceT > 1e-9 && varianceI > 1e-9
            ? Math.max(0, covariance / Math.sqrt(varianceT * varianceI))
            : 0;
    gain = varianceT > NOISE ? Math.max(0.25, Math.min(4, covariance / varianceT)) : 1;
    bias = i / n - gain * t / n;
  }

  /** Sets the weight of every block from its residual; returns the variance of the residual. */
  private double weigh(MotionTemplate template) {
    int count = 0;
    for (int block = 0; block < template.blocks(); block++) {
      if (!seen[block]) {
        weight[block] = 0;
        continue;
      }
      double n = pixels(template, block);
      double normal = n * NOISE + MISALIGNMENT * template.energy()[block];
      misfit[block] = residual(template, block, n) / normal;
      sorted[count++] = misfit[block];
    }
    Arrays.sort(sorted, 0, count);
    double median = Math.max(0.25, sorted[count / 2]);
    double squares = 0;
    double n = 0;
    double agreeing = 0;
    double all = 0;
    for (int block = 0; block < template.blocks(); block++) {
      if (seen[block]) {
        double relative = 1 + misfit[block] / (OUTLIER * median);
        weight[block] = 1 / (relative * relative);
        squares += weight[block] * residual(template, block, pixels(template, block));
        n += weight[block] * pixels(template, block);
        agreeing += Math.min(1, 2 * weight[block]) * template.energy()[block];
        all += template.energy()[block];
      }
    }
    agreement = all > 0 ? agreeing / all : 0;
    return Math.max(NOISE / 4, squares / n);
  }

  private double residual(MotionTemplate template, int block, double n) {
    double i = imageSum[block];
    double ii = (imageSquares[block] - 2 * bias * i + n * bias * bias) / (gain * gain);
    double ti = (product[block] - bias * template.sum()[block]) / gain;
    return Math.max(0, ii - 2 * ti + template.sumOfSquares()[block]);
  }

  private static double pixels(MotionTemplate template, int block) {
    return (double) (template.right(block) - template.left(block))
        * (template.bottom(block) - template.top(block));
  }

  private void solve(MotionTemplate template, Affine viewToImage, double variance) {
    Arrays.fill(matrix, 0);
    Arrays.fill(rhs, 0);
    for (int block = 0; block < template.blocks(); block++) {
      if (seen[block]) {
        add(template, block);
      }
    }
    for (int row = 1; row < N; row++) {
      for (int column = 0; column < row; column++) {
        matrix[row * N + column] = matrix[column * N + row];
      }
    }
    // What the texture leaves open stays at the start.
    difference.setSequence(viewToImage, inverseStart);
    Motion.parameters(difference, template.width(), template.height(), deviation);
    addPrior(CORRELATED_PIXELS * variance);
    Cholesky.solve(matrix, rhs, step, N);
  }

  private void add(MotionTemplate template, int block) {
    double w = weight[block];
    int from = MotionTemplate.TRIANGLE * block;
    for (int row = 0; row < N; row++) {
      for (int column = row; column < N; column++) {
        matrix[row * N + column] += w * template.hessian()[from++];
      }
    }
    for (int i = 0; i < N; i++) {
      int at = N * block + i;
      double image = (imageSteepest[at] - bias * template.steepest()[at]) / gain;
      rhs[i] += w * (image - template.steepestValue()[at]);
    }
  }

  /**
   * Adds the prior on scale, rotation, aspect, shear and shift. The deviation from the start
   * shrinks by the step.
   */
  private void addPrior(double variance) {
    double similarity = variance / (2 * SIMILARITY * SIMILARITY);
    double shear = variance / (2 * expectedShear * expectedShear);
    addPair(0, 4, similarity + shear, similarity - shear);
    addPair(1, 3, similarity + shear, shear - similarity);
    double shift = variance / (SHIFT * SHIFT);
    matrix[2 * N + 2] += shift;
    matrix[5 * N + 5] += shift;
    rhs[2] += shift * deviation[2];
    rhs[5] += shift * deviation[5];
  }

  private void addPair(int i, int j, double same, double cross) {
    matrix[i * N + i] += same / 2;
    matrix[j * N + j] += same / 2;
    matrix[i * N + j] += cross / 2;
    matrix[j * N + i] += cross / 2;
    rhs[i] += (same * deviation[i] + cross * deviation[j]) / 2;
    rhs[j] += (same * deviation[j] + cross * deviation[i]) / 2;
  }

  /** Composes the transform with the inverse of the step; returns how far that moves a pixel. */
  private double apply(MotionTemplate template, Affine viewToImage) {
    // No step may leave the range in which the gradients hold.
    double most = 0;
    for (double each : step) {
      most = Math.max(most, Math.abs(each));
    }
    if (most > MAX_STEP) {
      for (int i = 0; i < N; i++) {
        step[i] *= MAX_STEP / most;
      }
    }
    Motion.affine(step, template.width(), template.height(), update);
    double moved = update.largestShift(template.width(), template.height());
    update.setInverse(update);
    viewToImage.setSequence(update, viewToImage);
    return moved;
  }
}
