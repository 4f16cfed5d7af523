package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameIdentity;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The modified Laplacian (Nayar and Nakagawa, PAMI 1994) of a frame, mean per pixel. Results are
 * kept while the frame stays on its plane.
 */
final class PlaneSharpness extends CellMeans {
  private ByteBuffer luma = ByteBuffer.allocate(0);
  private final FrameIdentity measured = new FrameIdentity();
  private int width;
  private int height;
  private byte[] bytes = new byte[0];
  private int[] above = new int[0];
  private int[] here = new int[0];
  private int[] below = new int[0];
  private int[] sums = new int[0];

  /**
   * Sets the frame to measure.
   *
   * @return whether it is another frame than before
   */
  boolean begin(Frame next) {
    luma = next.luma();
    if (measured.is(next)) {
      return false;
    }
    measured.set(next);
    height = next.height();
    if (width != next.width()) {
      width = next.width();
      bytes = new byte[width];
      above = new int[width];
      here = new int[width];
      below = new int[width];
      sums = new int[width];
    }
    reset(width, height);
    return true;
  }

  @Override
  void measureRow(int top, float[] into, int at) {
    Arrays.fill(sums, 0);
    int first = Math.max(top, 1);
    int bottom = Math.min(top + CELL, height - 1);
    if (first < bottom) {
      read(first - 1, above);
      read(first, here);
    }
    for (int y = first; y < bottom; y++) {
      read(y + 1, below);
      addResponses();
      int[] swap = above;
      above = here;
      here = below;
      below = swap;
    }
    for (int left = 0; left < width; left += CELL) {
      int from = Math.max(left, 1);
      int to = Math.min(left + CELL, width - 1);
      int sum = 0;
      for (int x = from; x < to; x++) {
        sum += sums[x];
      }
      int count = Math.max(0, bottom - first) * Math.max(0, to - from);
      into[at + left / CELL] = count == 0 ? 0 : (float) sum / count;
    }
  }

  private void read(int y, int[] into) {
    luma.get(y * width, bytes);
    for (int x = 0; x < width; x++) {
      into[x] = bytes[x] & 0xff;
    }
  }

  private void addResponses() {
    for (int x = 1; x + 1 < width; x++) {
      int twice = 2 * here[x];
      sums[x] +=
          Math.abs(twice - here[x - 1] - here[x + 1]) + Math.abs(twice - above[x] - below[x]);
    }
  }
}
