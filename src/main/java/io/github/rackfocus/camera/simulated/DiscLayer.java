package io.github.rackfocus.camera.simulated;

import java.util.Arrays;

/**
 * A layer of an image, blurred row by row with an anti-aliased disc and composed over the layers
 * behind it.
 *
 * <p>The disc is a set of horizontal boxes, and a box filter of a row is a difference of two
 * running sums, so that the cost is linear in the radius, not quadratic. Not thread-safe.
 */
final class DiscLayer {
  /** Blur radius in focus, pixels: pixel aperture and aberrations. */
  private static final double MIN_RADIUS = 0.65;

  private final int width;
  private final int height;
  private final int pad;
  private final float[] light;
  private final float[] cover;
  private final int[] from;
  private final int[] to;
  private final float[] lightSums;
  private final float[] coverSums;
  private double[] halfWidths = new double[1];
  private float scale = 1;

  /**
   * @param width width of the image
   * @param height height of the image
   * @param margin how far rows extend beyond the image, at least the maximum radius + 2
   */
  DiscLayer(int width, int height, int margin) {
    this.width = width;
    this.height = height;
    this.pad = 2 * margin + 4;
    this.light = new float[width * height];
    this.cover = new float[width * height];
    this.from = new int[height];
    this.to = new int[height];
    this.lightSums = new float[width + 2 * pad + 2];
    this.coverSums = new float[width + 2 * pad + 2];
    Arrays.fill(from, Integer.MAX_VALUE);
  }

  /** Sets the radius for subsequent rows. */
  void radius(double pixels) {
    double radius = Math.sqrt(pixels * pixels + MIN_RADIUS * MIN_RADIUS);
    int reach = (int) Math.ceil(radius);
    halfWidths = new double[2 * reach + 1];
    double area = 0;
    for (int dy = -reach; dy <= reach; dy++) {
      double half = 0;
      for (int quarter = 0; quarter < 4; quarter++) {
        double sub = -0.375 + 0.25 * quarter;
        half += Math.sqrt(Math.max(0, radius * radius - (dy + sub) * (dy + sub))) / 4;
      }
      halfWidths[dy + reach] = half;
      area += 2 * half;
    }
    scale = (float) (1 / area);
  }

  /**
   * Blurs one row.
   *
   * @param y image row, may be outside the image
   * @param x0 image column of the first value, {@code >= -margin}
   * @param values light times coverage
   * @param covers coverage, 0 to 1
   * @param count number of values
   */
  void addRow(int y, int x0, float[] values, float[] covers, int count) {
    int reach = halfWidths.length / 2;
    if (y + reach < 0 || y - reach >= height) {
      return;
    }
    int beyond = 2 * reach + 4;
    int first = Math.max(0, x0 + pad - beyond);
    int last = Math.min(lightSums.length - 1, x0 + pad + count + beyond);
    Arrays.fill(lightSums, first, x0 + pad + 1, 0);
    Arrays.fill(coverSums, first, x0 + pad + 1, 0);
    float lightSum = 0;
    float coverSum = 0;
    for (int i = 0; i < count; i++) {
      lightSum += values[i];
      coverSum += covers[i];
      lightSums[x0 + pad + i + 1] = lightSum;
      coverSums[x0 + pad + i + 1] = coverSum;
    }
    Arrays.fill(lightSums, x0 + pad + count + 1, last + 1, lightSum);
    Arrays.fill(coverSums, x0 + pad + count + 1, last + 1, coverSum);
    int left = Math.max(0, x0 - reach - 1);
    int right = Math.min(width, x0 + count + reach + 1);
    for (int dy = -reach; dy <= reach && left < right; dy++) {
      int row = y + dy;
      if (row >= 0 && row < height && halfWidths[dy + reach] > 0) {
        from[row] = Math.min(from[row], left);
        to[row] = Math.max(to[row], right);
        box(lightSums, light, row * width, left, right, halfWidths[dy + reach]);
        box(coverSums, cover, row * width, left, right, halfWidths[dy + reach]);
      }
    }
  }

  private void box(float[] sums, float[] target, int row, int left, int right, double half) {
    double high = half + 0.5;
    double low = 0.5 - half;
    int a = (int) Math.floor(high) + pad;
    int b = (int) Math.floor(low) + pad;
    float fa = (float) (high - Math.floor(high)) * scale;
    float ga = scale - fa;
    float fb = (float) (low - Math.floor(low)) * scale;
    float gb = scale - fb;
    for (int x = left; x < right; x++) {
      target[row + x] +=
          ga * sums[x + a] + fa * sums[x + a + 1] - gb * sums[x + b] - fb * sums[x + b + 1];
    }
  }

  /** Composes the layer over an image and clears it. */
  void composeOver(float[] image) {
    for (int y = 0; y < height; y++) {
      for (int i = y * width + from[y], end = y * width + to[y]; from[y] < to[y] && i < end; i++) {
        image[i] = image[i] * (1 - Math.min(1, cover[i])) + light[i];
        light[i] = 0;
        cover[i] = 0;
      }
      from[y] = Integer.MAX_VALUE;
      to[y] = 0;
    }
  }
}
