package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Composes the all-in-focus image in colour, if all frames of a stack have colour.
 *
 * <p>A pixel has the colour of the plane nearest to its position, brightened or darkened to the
 * luma that the estimator chose: a network mixes the luma of several planes, a classical estimator
 * takes that of the nearest, and then the colour is the plane's own. Depth does not depend on
 * colour. For one thread; allocates only when the width of the maps changes.
 */
final class ColourComposer {
  private static final int RGB = 3;
  private static final int WHITE = 255;

  /** A sum of a colour and a difference of lumas, clipped, at that sum plus {@link #WHITE}. */
  private static final byte[] CLIPPED = clipped();

  private final PlaneTable planeOf = new PlaneTable();
  private final ByteBuffer[] lumas = new ByteBuffer[FocusAxis.MAX_PLANES];
  private final ByteBuffer[] colours = new ByteBuffer[FocusAxis.MAX_PLANES];
  private final byte[][] lumaRows = new byte[FocusAxis.MAX_PLANES][0];
  private final byte[][] colourRows = new byte[FocusAxis.MAX_PLANES][0];
  private final int[] rowOf = new int[FocusAxis.MAX_PLANES];
  private float[] position = new float[0];
  private float[] allFocus = new float[0];
  private byte[] row = new byte[0];
  private byte[] planeAt = new byte[0];

  /**
   * Fills the colours of a map, or removes them if the stack has none.
   *
   * @param map in the view of the stack, filled by the estimator
   */
  void compose(FocalStack stack, DepthMap map) {
    if (!hasColour(stack)) {
      map.removeColour(stack.reference().isOfColour());
      return;
    }
    ByteBuffer into = map.addColour();
    begin(stack, map.width());
    for (int y = 0; y < map.height(); y++) {
      int start = y * map.width();
      map.position().get(start, position);
      map.allFocus().get(start, allFocus);
      composeRow(y, start);
      into.put(RGB * start, row);
    }
  }

  private static boolean hasColour(FocalStack stack) {
    for (int plane = 0; plane < stack.planes(); plane++) {
      if (!stack.frame(plane).hasColour()) {
        return false;
      }
    }
    return true;
  }

  private void begin(FocalStack stack, int width) {
    planeOf.begin(stack);
    if (position.length != width) {
      position = new float[width];
      allFocus = new float[width];
      row = new byte[RGB * width];
      planeAt = new byte[width];
    }
    for (int plane = 0; plane < stack.planes(); plane++) {
      Frame frame = stack.frame(plane);
      lumas[plane] = frame.luma();
      colours[plane] = Objects.requireNonNull(frame.colour());
      rowOf[plane] = -1;
      if (lumaRows[plane].length != width) {
        lumaRows[plane] = new byte[width];
        colourRows[plane] = new byte[RGB * width];
      }
    }
  }

  /** Neighbours are mostly of one plane, so that its arrays are looked up once for many pixels. */
  private void composeRow(int y, int start) {
    int width = position.length;
    for (int x = 0; x < width; x++) {
      planeAt[x] = (byte) planeOf.at(position[x]);
    }
    int from = 0;
    for (int x = 1; x <= width; x++) {
      if (x == width || planeAt[x] != planeAt[from]) {
        int plane = planeAt[from];
        if (rowOf[plane] != y) {
          // Rows are copied as a whole: single gets from a direct buffer cost more.
          rowOf[plane] = y;
          lumas[plane].get(start, lumaRows[plane]);
          colours[plane].get(RGB * start, colourRows[plane]);
        }
        composeRun(lumaRows[plane], colourRows[plane], from, x);
        from = x;
      }
    }
  }

  private void composeRun(byte[] luma, byte[] colour, int from, int to) {
    for (int x = from; x < to; x++) {
      int brighter = WHITE + toLuma(allFocus[x]) - (luma[x] & 0xff);
      int at = RGB * x;
      row[at] = CLIPPED[(colour[at] & 0xff) + brighter];
      row[at + 1] = CLIPPED[(colour[at + 1] & 0xff) + brighter];
      row[at + 2] = CLIPPED[(colour[at + 2] & 0xff) + brighter];
    }
  }

  /** 0 to 255 for 0 to 1; NaN, which only a broken model gives, is 0. */
  private static int toLuma(float share) {
    float bounded = share > 0 ? share : 0;
    return (int) ((bounded < 1 ? bounded : 1) * WHITE + 0.5f);
  }

  private static byte[] clipped() {
    byte[] table = new byte[3 * WHITE + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) Math.max(0, Math.min(WHITE, i - WHITE));
    }
    return table;
  }
}
