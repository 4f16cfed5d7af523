package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;

/** The modified Laplacian (Nayar and Nakagawa, PAMI 1994) of a frame, mean per pixel. */
final class PlaneSharpness extends CellMeans {
  private ByteBuffer luma = ByteBuffer.allocate(0);
  private int width;
  private int height;

  /** Measures this frame from now on. */
  void begin(Frame frame) {
    luma = frame.luma();
    width = frame.width();
    height = frame.height();
    reset(width, height);
  }

  @Override
  float measure(int left, int top) {
    int right = Math.min(left + CELL, width - 1);
    int bottom = Math.min(top + CELL, height - 1);
    int sum = 0;
    int count = 0;
    for (int y = Math.max(top, 1); y < bottom; y++) {
      for (int x = Math.max(left, 1); x < right; x++) {
        int i = y * width + x;
        int twice = 2 * (luma.get(i) & 0xff);
        sum += Math.abs(twice - (luma.get(i - 1) & 0xff) - (luma.get(i + 1) & 0xff));
        sum += Math.abs(twice - (luma.get(i - width) & 0xff) - (luma.get(i + width) & 0xff));
        count++;
      }
    }
    return count == 0 ? 0 : (float) sum / count;
  }
}
