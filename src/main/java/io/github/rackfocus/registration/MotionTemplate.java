package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import java.util.Arrays;

/**
 * A small image in the common view, prepared for alignment: its gradients, and for every block of 8
 * x 8 pixels the sums that the inverse compositional algorithm needs (Baker and Matthews,
 * "Lucas-Kanade 20 Years On", IJCV 2004). Reused; for one thread.
 *
 * <p>The six parameters of motion are displacements in pixels of the small image: {@code dx = p0 u
 * + p1 v + p2}, {@code dy = p3 u + p4 v + p5}, with u and v the position relative to the centre, in
 * halves of the width.
 */
final class MotionTemplate {
  static final int BLOCK = 8;
  static final int PARAMETERS = 6;

  /** Entries of the upper triangle of a 6 x 6 matrix. */
  static final int TRIANGLE = 21;

  private int width;
  private int height;
  private int columns;
  private int rows;
  private float[] values = new float[0];
  private float[] gradientX = new float[0];
  private float[] gradientY = new float[0];
  private boolean[] inside = new boolean[0];
  private double[] hessian = new double[0];
  private double[] steepest = new double[0];
  private double[] steepestValue = new double[0];
  private double[] sum = new double[0];
  private double[] sumOfSquares = new double[0];
  private double[] energy = new double[0];
  private float[] us = new float[0];

  /**
   * Sets the template to an image seen from the common view.
   *
   * @param viewToImage from pixels of the view to pixels of the image, both small
   */
  void set(SmallImage image, Affine viewToImage) {
    resize(image.width(), image.height());
    resample(image.values(), viewToImage);
    gradients();
    for (int block = 0; block < columns * rows; block++) {
      prepare(block, viewToImage);
    }
  }

  private void resize(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return;
    }
    width = newWidth;
    height = newHeight;
    columns = Math.max(1, width / BLOCK);
    rows = Math.max(1, height / BLOCK);
    int blocks = columns * rows;
    values = new float[width * height];
    gradientX = new float[width * height];
    gradientY = new float[width * height];
    inside = new boolean[blocks];
    hessian = new double[TRIANGLE * blocks];
    steepest = new double[PARAMETERS * blocks];
    steepestValue = new double[PARAMETERS * blocks];
    sum = new double[blocks];
    sumOfSquares = new double[blocks];
    energy = new double[blocks];
    us = new float[width];
    for (int x = 0; x < width; x++) {
      us[x] = u(x);
    }
  }

  private void resample(float[] from, Affine viewToImage) {
    if (viewToImage.isIdentity()) {
      System.arraycopy(from, 0, values, 0, width * height);
      return;
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double atX = Math.max(0, Math.min(width - 1.001, viewToImage.x(x, y)));
        double atY = Math.max(0, Math.min(height - 1.001, viewToImage.y(x, y)));
        values[y * width + x] = bilinear(from, width, (float) atX, (float) atY);
      }
    }
  }

  static float bilinear(float[] from, int width, float x, float y) {
    int left = (int) x;
    int top = (int) y;
    float shareX = x - left;
    float shareY = y - top;
    int at = top * width + left;
    float upper = from[at] + shareX * (from[at + 1] - from[at]);
    float lower = from[at + width] + shareX * (from[at + width + 1] - from[at + width]);
    return upper + shareY * (lower - upper);
  }

  private void gradients() {
    for (int y = 0; y < height; y++) {
      int above = Math.max(0, y - 1) * width;
      int below = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int left = y * width + Math.max(0, x - 1);
        int right = y * width + Math.min(width - 1, x + 1);
        gradientX[at] = (values[right] - values[left]) / 2;
        gradientY[at] = (values[below + x] - values[above + x]) / 2;
      }
    }
  }

  private void prepare(int block, Affine viewToImage) {
    int left = left(block);
    int top = top(block);
    int right = right(block);
    int bottom = bottom(block);
    inside[block] = mapsInside(viewToImage, block);
    Arrays.fill(hessian, TRIANGLE * block, TRIANGLE * (block + 1), 0);
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double v0 = 0;
    double v1 = 0;
    double v2 = 0;
    double v3 = 0;
    double v4 = 0;
    double v5 = 0;
    double total = 0;
    double squares = 0;
    double slopes = 0;
    for (int y = top; y < bottom; y++) {
      float v = v(y);
      for (int x = left; x < right; x++) {
        int at = y * width + x;
        float u = us[x];
        float gx = gradientX[at];
        float gy = gradientY[at];
        float value = values[at];
        addProducts(block, gx, gy, u, v);
        s0 += gx * u;
        s1 += gx * v;
        s2 += gx;
        s3 += gy * u;
        s4 += gy * v;
        s5 += gy;
        v0 += gx * u * value;
        v1 += gx * v * value;
        v2 += gx * value;
        v3 += gy * u * value;
        v4 += gy * v * value;
        v5 += gy * value;
        total += value;
        squares += value * value;
        slopes += gx * gx + gy * gy;
      }
    }
    int at = PARAMETERS * block;
    put(steepest, at, s0, s1, s2, s3, s4, s5);
    put(steepestValue, at, v0, v1, v2, v3, v4, v5);
    sum[block] = total;
    sumOfSquares[block] = squares;
    energy[block] = slopes;
  }

  private static void put(
      double[] into, int at, double s0, double s1, double s2, double s3, double s4, double s5) {
    into[at] = s0;
    into[at + 1] = s1;
    into[at + 2] = s2;
    into[at + 3] = s3;
    into[at + 4] = s4;
    into[at + 5] = s5;
  }

  private void addProducts(int block, float gx, float gy, float u, float v) {
    float xx = gx * gx;
    float xy = gx * gy;
    float yy = gy * gy;
    float uu = u * u;
    float uv = u * v;
    float vv = v * v;
    int at = TRIANGLE * block;
    hessian[at] += xx * uu;
    hessian[at + 1] += xx * uv;
    hessian[at + 2] += xx * u;
    hessian[at + 3] += xy * uu;
    hessian[at + 4] += xy * uv;
    hessian[at + 5] += xy * u;
    hessian[at + 6] += xx * vv;
    hessian[at + 7] += xx * v;
    hessian[at + 8] += xy * uv;
    hessian[at + 9] += xy * vv;
    hessian[at + 10] += xy * v;
    hessian[at + 11] += xx;
    hessian[at + 12] += xy * u;
    hessian[at + 13] += xy * v;
    hessian[at + 14] += xy;
    hessian[at + 15] += yy * uu;
    hessian[at + 16] += yy * uv;
    hessian[at + 17] += yy * u;
    hessian[at + 18] += yy * vv;
    hessian[at + 19] += yy * v;
    hessian[at + 20] += yy;
  }

  /** Whether bilinear interpolation finds all pixels of a block in an image of this size. */
  boolean mapsInside(Affine viewToImage, int block) {
    return viewToImage.mapsInto(
        left(block), top(block), right(block), bottom(block), width - 1.001, height - 1.001);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int blocks() {
    return columns * rows;
  }

  int left(int block) {
    return block % columns * BLOCK;
  }

  int top(int block) {
    return block / columns * BLOCK;
  }

  int right(int block) {
    return Math.min(width, left(block) + BLOCK);
  }

  int bottom(int block) {
    return Math.min(height, top(block) + BLOCK);
  }

  /** Positions of all columns relative to the centre, in halves of the width. */
  float[] us() {
    return us;
  }

  private float u(int x) {
    return (x - (width - 1) / 2f) / (width / 2f);
  }

  /** Row relative to the centre, in halves of the width. */
  float v(int y) {
    return (y - (height - 1) / 2f) / (width / 2f);
  }

  /** Whether the block was seen whole by the image that the template was made of. */
  boolean isInside(int block) {
    return inside[block];
  }

  float[] values() {
    return values;
  }

  float[] gradientX() {
    return gradientX;
  }

  float[] gradientY() {
    return gradientY;
  }

  /** Upper triangles of the blocks' Gauss-Newton matrices, row by row, 21 numbers each. */
  double[] hessian() {
    return hessian;
  }

  /** Sums of the steepest descent images, 6 numbers per block. */
  double[] steepest() {
    return steepest;
  }

  /** Sums of the steepest descent images times the template, 6 numbers per block. */
  double[] steepestValue() {
    return steepestValue;
  }

  /** Sums of the template, one per block. */
  double[] sum() {
    return sum;
  }

  /** Sums of the squared template, one per block. */
  double[] sumOfSquares() {
    return sumOfSquares;
  }

  /** Sums of the squared gradient, one per block. */
  double[] energy() {
    return energy;
  }
}
