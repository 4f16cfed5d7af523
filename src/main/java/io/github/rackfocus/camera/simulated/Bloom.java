package io.github.rackfocus.camera.simulated;

/**
 * Spills light of saturated pixels into a halo: a share of what exceeds saturation is spread by
 * three box filters, which are close to a Gaussian. Saturation is that at the configured gain, not
 * at the gain of an automatic exposure. Not thread-safe.
 */
final class Bloom {
  private final int width;
  private final int height;
  private final double gain;
  private final double share;
  private final int reach;

  Bloom(SimulatedCameraConfig config) {
    width = config.format().width();
    height = config.format().height();
    gain = config.sensor().gain();
    share = config.light().bloom();
    // Three boxes of w pixels have a variance of (w^2 - 1) / 4.
    double sigma = config.light().bloomPixels();
    reach = (int) Math.max(1, Math.rint((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  }

  /** Adds the halo to an image in linear light, in place, and returns the image. */
  float[] spread(float[] light) {
    if (share == 0) {
      return light;
    }
    float[] excess = new float[light.length];
    boolean any = false;
    for (int i = 0; i < light.length; i++) {
      excess[i] = (float) Math.max(0, light[i] - 1 / gain);
      any |= excess[i] > 0;
    }
    if (!any) {
      return light;
    }
    float[] line = new float[Math.max(width, height)];
    for (int pass = 0; pass < 3; pass++) {
      for (int y = 0; y < height; y++) {
        box(excess, y * width, 1, width, line);
      }
      for (int x = 0; x < width; x++) {
        box(excess, x, width, height, line);
      }
    }
    for (int i = 0; i < light.length; i++) {
      light[i] += (float) (share * excess[i]);
    }
    return light;
  }

  /** Averages a line of pixels over {@code 2 reach + 1}; it is dark outside the image. */
  private void box(float[] values, int start, int step, int count, float[] line) {
    double sum = 0;
    for (int i = 0; i < Math.min(reach, count); i++) {
      sum += values[start + i * step];
    }
    for (int i = 0; i < count; i++) {
      if (i + reach < count) {
        sum += values[start + (i + reach) * step];
      }
      if (i - reach - 1 >= 0) {
        sum -= values[start + (i - reach - 1) * step];
      }
      line[i] = (float) (Math.max(0, sum) / (2 * reach + 1));
    }
    for (int i = 0; i < count; i++) {
      values[start + i * step] = line[i];
    }
  }
}
