package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.FloatBuffer;

/**
 * Warps a finished map from the view of its stack into that of the newest image, in which it is
 * published.
 *
 * <p>Where the four pixels around a point are valid and at about one depth, values are interpolated;
 * elsewhere the nearest is taken, so that no depth appears between an object and what is behind it.
 * For one thread; allocates nothing per map.
 */
final class MapWarper {
  /** Positions of neighbours that differ by more planes than this are not of one surface. */
  private static final float ONE_SURFACE_PLANES = 0.5f;

  private static final byte VALID = Validity.VALID.code();
  private static final byte OUTSIDE = Validity.OUTSIDE_VIEW.code();

  /** Column of a pixel outside the view. */
  private static final int NOWHERE = -1;

  private int width;
  private int height;
  private float[] layer = new float[0];
  private byte[] validity = new byte[0];
  private float[] row = new float[0];
  private byte[] validityRow = new byte[0];
  private int[] corner = new int[0];
  private int[] nearest = new int[0];
  private float[] shareX = new float[0];
  private float[] shareY = new float[0];
  private boolean[] smooth = new boolean[0];

  /** Warps all layers; does nothing if the views are the same. */
  void warp(FocalStack stack, DepthMap map) {
    Affine outputToView = stack.outputToView();
    if (outputToView.isIdentity()) {
      return;
    }
    resize(map);
    map.validity().get(0, validity, 0, map.pixels());
    locate(outputToView);
    map.position().get(0, layer, 0, map.pixels());
    findSmooth(ONE_SURFACE_PLANES / (stack.planes() - 1));
    warpLayer(map.position(), false);
    warpLayer(map.error(), false);
    warpLayer(map.confidence(), false);
    warpLayer(map.depth(), true);
    warpLayer(map.uncertainty(), true);
    warpLayer(map.age(), false);
    warpImage(map.allFocus());
    warpValidity(map);
  }

  private void resize(DepthMap map) {
    if (width == map.width() && height == map.height()) {
      return;
    }
    width = map.width();
    height = map.height();
    layer = new float[map.pixels()];
    validity = new byte[map.pixels()];
    row = new float[width];
    validityRow = new byte[width];
    corner = new int[map.pixels()];
    nearest = new int[map.pixels()];
    shareX = new float[map.pixels()];
    shareY = new float[map.pixels()];
    smooth = new boolean[map.pixels()];
  }

  /** Finds, for every pixel of the result, the pixels around its point in the stack's view. */
  private void locate(Affine outputToView) {
    double stepX = outputToView.xx();
    double stepY = outputToView.yx();
    for (int y = 0; y < height; y++) {
      double startX = outputToView.x(0, y);
      double startY = outputToView.y(0, y);
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        double viewX = startX + stepX * x;
        double viewY = startY + stepY * x;
        float insideX = (float) Math.max(0, Math.min(width - 1.0, viewX));
        float insideY = (float) Math.max(0, Math.min(height - 1.0, viewY));
        int left = Math.min(width - 2, (int) insideX);
        int top = Math.min(height - 2, (int) insideY);
        shareX[at] = insideX - left;
        shareY[at] = insideY - top;
        corner[at] = top * width + left;
        boolean inside =
            viewX >= -0.5 && viewX <= width - 0.5 && viewY >= -0.5 && viewY <= height - 0.5;
        nearest[at] = inside ? nearestOf(at) : NOWHERE;
      }
    }
  }

  private int nearestOf(int at) {
    return corner[at] + (shareX[at] >= 0.5f ? 1 : 0) + (shareY[at] >= 0.5f ? width : 0);
  }

  /** Marks the pixels whose four neighbours are valid and of one surface. */
  private void findSmooth(float spread) {
    for (int at = 0; at < smooth.length; at++) {
      int a = corner[at];
      if (nearest[at] == NOWHERE
          || (validity[a] | validity[a + 1] | validity[a + width] | validity[a + width + 1])
              != VALID) {
        smooth[at] = false;
        continue;
      }
      float p = layer[a];
      float q = layer[a + 1];
      float r = layer[a + width];
      float s = layer[a + width + 1];
      float low = Math.min(Math.min(p, q), Math.min(r, s));
      float high = Math.max(Math.max(p, q), Math.max(r, s));
      smooth[at] = high - low <= spread;
    }
  }

  private void warpLayer(FloatBuffer buffer, boolean onlyWithDepth) {
    buffer.get(0, layer);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        if (smooth[at]) {
          row[x] = interpolated(at);
        } else if (nearest[at] == NOWHERE) {
          row[x] = onlyWithDepth ? Float.NaN : layer[nearestOf(at)];
        } else {
          row[x] = layer[nearest[at]];
        }
      }
      buffer.put(y * width, row);
    }
  }

  private void warpImage(FloatBuffer buffer) {
    buffer.get(0, layer);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = interpolated(y * width + x);
      }
      buffer.put(y * width, row);
    }
  }

  private float interpolated(int at) {
    int a = corner[at];
    float upper = layer[a] + shareX[at] * (layer[a + 1] - layer[a]);
    float lower = layer[a + width] + shareX[at] * (layer[a + width + 1] - layer[a + width]);
    return upper + shareY[at] * (lower - upper);
  }

  private void warpValidity(DepthMap map) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        validityRow[x] = nearest[at] == NOWHERE ? OUTSIDE : validity[nearest[at]];
      }
      map.validity().put(y * width, validityRow);
    }
  }
}
