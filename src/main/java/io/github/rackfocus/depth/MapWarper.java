package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Warps a finished map from the view of its stack into that of the newest image, in which it is
 * published.
 *
 * <p>Where the four pixels around a point are valid and of one surface, position, depth and
 * uncertainty are interpolated; elsewhere, and for all else, the nearest pixel is taken, so that no
 * depth appears between an object and what is behind it. For one thread; allocates nothing per map.
 */
final class MapWarper {
  /** Positions of neighbours that differ by more planes than this are not of one surface. */
  private static final float ONE_SURFACE_PLANES = 0.5f;

  private static final int RGB = 3;
  private static final byte VALID = Validity.VALID.code();
  private static final byte OUTSIDE = Validity.OUTSIDE_VIEW.code();

  private int width;
  private int height;
  private final Layer position = new Layer();
  private final Layer error = new Layer();
  private final Layer confidence = new Layer();
  private final Layer allFocus = new Layer();
  private final Layer depth = new Layer();
  private final Layer uncertainty = new Layer();
  private final Layer age = new Layer();
  private byte[] validity = new byte[0];
  private byte[] validityRow = new byte[0];
  private byte[] colour = new byte[0];
  private byte[] colourRow = new byte[0];
  private int[] corner = new int[0];
  private int[] nearest = new int[0];
  private float[] shareX = new float[0];
  private float[] shareY = new float[0];
  private boolean[] inside = new boolean[0];
  private boolean[] smooth = new boolean[0];

  /** A copy of a layer, and the row that is being written. */
  private static final class Layer {
    float[] from = new float[0];
    float[] row = new float[0];

    void read(FloatBuffer buffer, int width, int pixels) {
      if (from.length != pixels) {
        from = new float[pixels];
      }
      if (row.length != width) {
        row = new float[width];
      }
      buffer.get(0, from);
    }
  }

  /** Warps all layers. Returns false, and does nothing, if the views are the same. */
  boolean warp(FocalStack stack, DepthMap map) {
    Affine outputToView = stack.outputToView();
    if (outputToView.isIdentity()) {
      return false;
    }
    read(map);
    ByteBuffer colours = map.colour();
    if (colours != null) {
      readColour(colours, map);
    }
    float spread = ONE_SURFACE_PLANES / (stack.planes() - 1);
    for (int y = 0; y < height; y++) {
      locateRow(outputToView, y);
      findSmooth(spread);
      interpolateRow(position, map.position(), y, false);
      interpolateRow(depth, map.depth(), y, true);
      interpolateRow(uncertainty, map.uncertainty(), y, true);
      nearestRow(error, map.error(), y);
      nearestRow(confidence, map.confidence(), y);
      nearestRow(age, map.age(), y);
      imageRow(allFocus, map.allFocus(), y);
      validityRow(map, y);
      if (colours != null) {
        colourRow(colours, y);
      }
    }
    return true;
  }

  private void read(DepthMap map) {
    width = map.width();
    height = map.height();
    if (validity.length != map.pixels()) {
      validity = new byte[map.pixels()];
    }
    if (corner.length != width) {
      validityRow = new byte[width];
      corner = new int[width];
      nearest = new int[width];
      shareX = new float[width];
      shareY = new float[width];
      inside = new boolean[width];
      smooth = new boolean[width];
    }
    map.validity().get(0, validity, 0, map.pixels());
    position.read(map.position(), width, map.pixels());
    error.read(map.error(), width, map.pixels());
    confidence.read(map.confidence(), width, map.pixels());
    allFocus.read(map.allFocus(), width, map.pixels());
    depth.read(map.depth(), width, map.pixels());
    uncertainty.read(map.uncertainty(), width, map.pixels());
    age.read(map.age(), width, map.pixels());
  }

  private void readColour(ByteBuffer colours, DepthMap map) {
    if (colour.length != RGB * map.pixels()) {
      colour = new byte[RGB * map.pixels()];
    }
    if (colourRow.length != RGB * width) {
      colourRow = new byte[RGB * width];
    }
    colours.get(0, colour);
  }

  /** Finds, for every pixel of a row of the result, the pixels around its point in the view. */
  private void locateRow(Affine outputToView, int y) {
    float startX = (float) outputToView.x(0, y);
    float startY = (float) outputToView.y(0, y);
    float stepX = (float) outputToView.xx();
    float stepY = (float) outputToView.yx();
    float mostX = width - 1f;
    float mostY = height - 1f;
    for (int x = 0; x < width; x++) {
      float viewX = startX + stepX * x;
      float viewY = startY + stepY * x;
      // Half a pixel beyond the outermost centres is still within their area.
      inside[x] =
          viewX >= -0.5f && viewX <= mostX + 0.5f && viewY >= -0.5f && viewY <= mostY + 0.5f;
      float atX = viewX < 0 ? 0 : viewX > mostX ? mostX : viewX;
      float atY = viewY < 0 ? 0 : viewY > mostY ? mostY : viewY;
      int left = Math.min(width - 2, (int) atX);
      int top = Math.min(height - 2, (int) atY);
      float right = atX - left;
      float down = atY - top;
      int at = top * width + left;
      shareX[x] = right;
      shareY[x] = down;
      corner[x] = at;
      nearest[x] = at + (right >= 0.5f ? 1 : 0) + (down >= 0.5f ? width : 0);
    }
  }

  /** Marks the pixels whose four neighbours are valid and of one surface. */
  private void findSmooth(float spread) {
    float[] from = position.from;
    for (int x = 0; x < width; x++) {
      int at = corner[x];
      int below = at + width;
      boolean valid =
          (validity[at] | validity[at + 1] | validity[below] | validity[below + 1]) == VALID;
      float p = from[at];
      float q = from[at + 1];
      float r = from[below];
      float s = from[below + 1];
      // Comparisons, because Math.min and max treat NaN and zeros apart, which costs time here.
      float low = p < q ? p : q;
      float high = p < q ? q : p;
      float lowBelow = r < s ? r : s;
      float highBelow = r < s ? s : r;
      low = low < lowBelow ? low : lowBelow;
      high = high > highBelow ? high : highBelow;
      smooth[x] = inside[x] && valid && high - low <= spread;
    }
  }

  private void interpolateRow(Layer layer, FloatBuffer into, int y, boolean noneOutside) {
    float[] from = layer.from;
    float[] row = layer.row;
    for (int x = 0; x < width; x++) {
      float between = interpolated(from, x);
      float next = from[nearest[x]];
      row[x] = smooth[x] ? between : next;
    }
    if (noneOutside) {
      for (int x = 0; x < width; x++) {
        row[x] = inside[x] ? row[x] : Float.NaN;
      }
    }
    into.put(y * width, row);
  }

  private void imageRow(Layer layer, FloatBuffer into, int y) {
    float[] row = layer.row;
    for (int x = 0; x < width; x++) {
      row[x] = interpolated(layer.from, x);
    }
    into.put(y * width, row);
  }

  private void colourRow(ByteBuffer into, int y) {
    int below = RGB * width;
    for (int x = 0; x < width; x++) {
      int at = RGB * corner[x];
      for (int channel = 0; channel < RGB; channel++, at++) {
        float topLeft = colour[at] & 0xff;
        float bottomLeft = colour[at + below] & 0xff;
        float upper = topLeft + shareX[x] * ((colour[at + RGB] & 0xff) - topLeft);
        float lower = bottomLeft + shareX[x] * ((colour[at + below + RGB] & 0xff) - bottomLeft);
        colourRow[RGB * x + channel] = (byte) (int) (upper + shareY[x] * (lower - upper) + 0.5f);
      }
    }
    into.put(RGB * y * width, colourRow);
  }

  private void nearestRow(Layer layer, FloatBuffer into, int y) {
    float[] from = layer.from;
    float[] row = layer.row;
    for (int x = 0; x < width; x++) {
      row[x] = from[nearest[x]];
    }
    into.put(y * width, row);
  }

  private float interpolated(float[] from, int x) {
    int at = corner[x];
    int below = at + width;
    float upper = from[at] + shareX[x] * (from[at + 1] - from[at]);
    float lower = from[below] + shareX[x] * (from[below + 1] - from[below]);
    return upper + shareY[x] * (lower - upper);
  }

  private void validityRow(DepthMap map, int y) {
    for (int x = 0; x < width; x++) {
      validityRow[x] = inside[x] ? validity[nearest[x]] : OUTSIDE;
    }
    map.validity().put(y * width, validityRow);
  }
}
