package io.github.rackfocus.camera.simulated;

import java.util.ArrayList;
import java.util.List;

/** A repeating square of linear reflectances with a mip pyramid. Immutable. */
final class Texture {
  private static final int SIZE = 256;
  private static final double LOG_2_OF_E = 1.4426950408889634;

  private final List<float[]> levels = new ArrayList<>();
  private final double texelMetres;

  /** The pattern of a texture. */
  enum Kind {
    FRACTAL,
    STRIPES,
    CHECKS,
    PRINT,
    GRID,
    BRUSHED,
    SPECKLE,
    BLANK
  }

  /**
   * @param dark lowest reflectance
   * @param bright highest reflectance
   * @param texelMetres size of a texel
   */
  Texture(Kind kind, double dark, double bright, double texelMetres, SeededRandom random) {
    this.texelMetres = texelMetres;
    float[] finest = paint(kind, random);
    for (int i = 0; i < finest.length; i++) {
      finest[i] = (float) (dark + (bright - dark) * Math.min(1, Math.max(0, finest[i])));
    }
    levels.add(finest);
    for (int size = SIZE / 2; size >= 1; size /= 2) {
      levels.add(halve(levels.get(levels.size() - 1), size));
    }
  }

  /**
   * Returns the reflectance at a point of the surface, averaged over a footprint.
   *
   * @param a first surface coordinate, metres
   * @param b second surface coordinate, metres
   * @param footprintMetres width of the footprint
   */
  double sample(double a, double b, double footprintMetres) {
    double texels = footprintMetres / texelMetres;
    double wanted = texels <= 1 ? 0 : Math.log(texels) * LOG_2_OF_E;
    int level = (int) wanted;
    if (level >= levels.size() - 1) {
      return levels.get(levels.size() - 1)[0];
    }
    double share = wanted - level;
    double fine = bilinear(level, a, b);
    return share < 1e-3 ? fine : fine + share * (bilinear(level + 1, a, b) - fine);
  }

  private double bilinear(int level, double a, double b) {
    float[] tile = levels.get(level);
    int size = SIZE >> level;
    double scale = 1 / (texelMetres * (1 << level));
    double x = a * scale - 0.5;
    double y = b * scale - 0.5;
    int x0 = (int) Math.floor(x);
    int y0 = (int) Math.floor(y);
    double fx = x - x0;
    double fy = y - y0;
    int mask = size - 1;
    int top = (y0 & mask) * size;
    int low = ((y0 + 1) & mask) * size;
    double upper = tile[top + (x0 & mask)] * (1 - fx) + tile[top + ((x0 + 1) & mask)] * fx;
    double lower = tile[low + (x0 & mask)] * (1 - fx) + tile[low + ((x0 + 1) & mask)] * fx;
    return upper * (1 - fy) + lower * fy;
  }

  private static float[] halve(float[] from, int size) {
    float[] to = new float[size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int at = 2 * y * 2 * size + 2 * x;
        to[y * size + x] =
            (from[at] + from[at + 1] + from[at + 2 * size] + from[at + 2 * size + 1]) / 4;
      }
    }
    return to;
  }

  private static float[] paint(Kind kind, SeededRandom random) {
    float[] tile = new float[SIZE * SIZE];
    switch (kind) {
      case FRACTAL -> fractal(tile, random, 8, 1, 1, 1);
      case STRIPES -> {
        int width = 8 << random.below(2);
        fill(tile, (x, y) -> (x / width) % 2 == 0 ? 0.85f : 0.12f);
        fractal(tile, random, 32, 0.25, 1, 1);
      }
      case CHECKS -> {
        int width = 8 << random.below(2);
        fill(tile, (x, y) -> (x / width + y / width) % 2 == 0 ? 0.85f : 0.1f);
        fractal(tile, random, 32, 0.2, 1, 1);
      }
      case PRINT -> {
        fill(tile, (x, y) -> 0.2f);
        fractal(tile, random, 32, 0.2, 1, 1);
        print(tile, random);
      }
      case GRID -> {
        fill(tile, (x, y) -> 0.38f);
        fractal(tile, random, 16, 0.75, 1, 1);
        lay(tile, (x, y) -> x % 64 < 3 || y % 64 < 3, 0.95f);
        lay(tile, (x, y) -> x % 16 == 0 || y % 16 == 0, 0.7f);
      }
      case BRUSHED -> {
        fill(tile, (x, y) -> 0.5f);
        fractal(tile, random, 8, 1.1, 1, 16);
      }
      case SPECKLE -> {
        fill(tile, (x, y) -> 0.75f);
        fractal(tile, random, 32, 0.3, 1, 1);
        for (int i = 0; i < 420; i++) {
          dot(
              tile,
              random.below(SIZE),
              random.below(SIZE),
              random.between(1, 4.5),
              (float) random.between(0, 0.5));
        }
      }
      case BLANK -> fill(tile, (x, y) -> 0.5f);
    }
    return tile;
  }

  private interface Paint {
    float at(int x, int y);
  }

  private interface Mask {
    boolean has(int x, int y);
  }

  private static void fill(float[] tile, Paint paint) {
    for (int i = 0; i < tile.length; i++) {
      tile[i] = paint.at(i % SIZE, i / SIZE);
    }
  }

  private static void lay(float[] tile, Mask mask, float value) {
    for (int i = 0; i < tile.length; i++) {
      if (mask.has(i % SIZE, i / SIZE)) {
        tile[i] = value;
      }
    }
  }

  /** Paints the marks of a circuit board: traces, pads and lines of small characters. */
  private static void print(float[] tile, SeededRandom random) {
    for (int i = 0; i < 26; i++) {
      int x0 = random.below(SIZE);
      int y0 = random.below(SIZE);
      boolean across = random.next() < 0.5;
      int length = 20 + random.below(90);
      float value = (float) random.between(0.4, 0.62);
      for (int k = 0; k < length; k++) {
        int x = across ? x0 + k : x0;
        int y = across ? y0 : y0 + k;
        dot(tile, x, y, 1.6, value);
      }
      dot(tile, x0, y0, 4, 0.9f);
    }
    for (int line = 0; line < 10; line++) {
      int x = random.below(SIZE);
      int y = random.below(SIZE);
      for (int letter = 0; letter < 9; letter++) {
        for (int bit = 0; bit < 15; bit++) {
          if (random.next() < 0.55) {
            int px = x + letter * 8 + (bit % 3) * 2;
            int py = y + (bit / 3) * 2;
            dot(tile, px, py, 1.1, 0.95f);
          }
        }
      }
    }
  }

  private static void dot(float[] tile, int cx, int cy, double radius, float value) {
    int reach = (int) Math.ceil(radius);
    for (int dy = -reach; dy <= reach; dy++) {
      for (int dx = -reach; dx <= reach; dx++) {
        if (dx * dx + dy * dy <= radius * radius) {
          tile[((cy + dy) & (SIZE - 1)) * SIZE + ((cx + dx) & (SIZE - 1))] = value;
        }
      }
    }
  }

  /** Adds several octaves of tileable value noise around 0. */
  private static void fractal(
      float[] tile, SeededRandom random, int cells, double amplitude, int stretchX, int stretchY) {
    boolean empty = tile[0] == 0;
    double size = amplitude;
    for (int n = cells; n <= SIZE / 2; n *= 2, size *= 0.72) {
      int columns = Math.max(1, n / stretchX);
      int rows = Math.max(1, n / stretchY);
      float[] lattice = new float[columns * rows];
      for (int i = 0; i < lattice.length; i++) {
        lattice[i] = (float) (random.next() - 0.5);
      }
      for (int i = 0; i < tile.length; i++) {
        tile[i] += (float) (size * 0.8 * at(lattice, columns, rows, i % SIZE, i / SIZE));
      }
    }
    if (empty) {
      for (int i = 0; i < tile.length; i++) {
        tile[i] += 0.5f;
      }
    }
  }

  private static double at(float[] lattice, int columns, int rows, int px, int py) {
    double x = px * columns / (double) SIZE;
    double y = py * rows / (double) SIZE;
    int x0 = (int) x;
    int y0 = (int) y;
    double fx = smooth(x - x0);
    double fy = smooth(y - y0);
    int x1 = (x0 + 1) % columns;
    int y1 = (y0 + 1) % rows;
    double top = lattice[y0 * columns + x0] * (1 - fx) + lattice[y0 * columns + x1] * fx;
    double low = lattice[y1 * columns + x0] * (1 - fx) + lattice[y1 * columns + x1] * fx;
    return top * (1 - fy) + low * fy;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }
}
