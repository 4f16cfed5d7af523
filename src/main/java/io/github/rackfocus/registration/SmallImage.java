package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A frame reduced to about 160 pixels along its longer side and blurred, so that its focus matters
 * less. Reused from frame to frame; for one thread.
 *
 * <p>The blur of sigma 1.4 small pixels at a reduction by four equals the sigma of 2.5 to 3 pixels
 * at half resolution that {@code findTransformECC} needed on real sweeps.
 */
final class SmallImage {
  /** Half of a Gaussian of sigma 1.4, normalised. */
  private static final float[] KERNEL = kernel(1.4, 4);

  private static final int LONG_SIDE = 160;

  private int factor;
  private int width;
  private int height;
  private float[] values = new float[0];
  private float[] scratch = new float[0];
  private int[] sums = new int[0];
  private byte[] row = new byte[0];

  /** Takes the reduced size of a frame, but not its pixels. */
  void setSize(Frame frame) {
    int by = Math.max(1, Math.round((float) Math.max(frame.width(), frame.height()) / LONG_SIDE));
    resize(by, frame.width(), frame.height());
  }

  /** Reduces and blurs a frame. */
  void set(Frame frame) {
    setSize(frame);
    ByteBuffer luma = frame.luma();
    int used = width * factor;
    float scale = 1f / (factor * factor);
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < factor; i++) {
        luma.get((y * factor + i) * frame.width(), row, 0, used);
        for (int x = 0; x < used; x++) {
          sums[x] += row[x] & 0xff;
        }
      }
      for (int x = 0, from = 0; x < width; x++) {
        int sum = 0;
        for (int i = 0; i < factor; i++) {
          sum += sums[from++];
        }
        values[y * width + x] = sum * scale;
      }
    }
    blur();
  }

  /** Sets half of another image's size, each pixel the mean of four, blurred again. */
  void setHalf(SmallImage of) {
    resize(1, of.width / 2, of.height / 2);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 2 * y * of.width + 2 * x;
        values[y * width + x] =
            (of.values[at]
                    + of.values[at + 1]
                    + of.values[at + of.width]
                    + of.values[at + of.width + 1])
                / 4;
      }
    }
    blur();
  }

  private void resize(int by, int fullWidth, int fullHeight) {
    factor = by;
    int newWidth = fullWidth / by;
    int newHeight = fullHeight / by;
    if (newWidth != width || newHeight != height) {
      width = newWidth;
      height = newHeight;
      values = new float[width * height];
      scratch = new float[width * height];
    }
    if (sums.length != width * by) {
      sums = new int[width * by];
      row = new byte[width * by];
    }
  }

  private void blur() {
    int reach = KERNEL.length - 1;
    for (int y = 0; y < height; y++) {
      int start = y * width;
      for (int x = 0; x < width; x++) {
        float sum = KERNEL[0] * values[start + x];
        if (x >= reach && x < width - reach) {
          for (int i = 1; i <= reach; i++) {
            sum += KERNEL[i] * (values[start + x - i] + values[start + x + i]);
          }
        } else {
          for (int i = 1; i <= reach; i++) {
            int left = Math.max(0, x - i);
            int right = Math.min(width - 1, x + i);
            sum += KERNEL[i] * (values[start + left] + values[start + right]);
          }
        }
        scratch[start + x] = sum;
      }
    }
    for (int y = 0; y < height; y++) {
      int start = y * width;
      for (int x = 0; x < width; x++) {
        values[start + x] = KERNEL[0] * scratch[start + x];
      }
      for (int i = 1; i <= reach; i++) {
        int above = Math.max(0, y - i) * width;
        int below = Math.min(height - 1, y + i) * width;
        float weight = KERNEL[i];
        for (int x = 0; x < width; x++) {
          values[start + x] += weight * (scratch[above + x] + scratch[below + x]);
        }
      }
    }
  }

  /** Pixels of the frame along the side of one pixel of this image. */
  int factor() {
    return factor;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Luma 0 to 255, row by row. */
  float[] values() {
    return values;
  }

  private static float[] kernel(double sigma, int reach) {
    float[] half = new float[reach + 1];
    double total = 0;
    for (int i = 0; i <= reach; i++) {
      half[i] = (float) Math.exp(-i * i / (2 * sigma * sigma));
      total += i == 0 ? half[i] : 2 * half[i];
    }
    for (int i = 0; i <= reach; i++) {
      half[i] /= (float) total;
    }
    return half;
  }
}
