package io.github.rackfocus.camera.simulated;

import java.util.Arrays;

/**
 * Renders the image of a thin lens in linear light: fragments are sorted into layers of about equal
 * blur; each layer is blurred by its circle of confusion and composed over those behind it.
 *
 * <p>The radius of the circle is proportional to the distance from the focus in dioptres, {@code r
 * = k |focus - 1/z|}. A layer also includes the fragments of the next nearer layer, so that no gap
 * opens where a slanted surface passes from one layer to the next. With a rolling shutter each row
 * has its own view and circle of confusion; light that blur spreads to other rows keeps those of
 * the row that it comes from. Immutable and thread-safe.
 */
final class ThinLensRenderer {
  /** Focal length as a multiple of the image width: a horizontal field of view of 45 degrees. */
  static final double FOCAL_WIDTHS = 1.2;

  private static final double BLUR_STEP_PIXELS = 0.4;
  private static final int MAX_LAYERS = 44;

  private final SimulatedCameraConfig config;
  private final Scene scene;
  private final Shadow shadow;
  private final double blurPixelsPerDioptre;
  private final int margin;

  ThinLensRenderer(SimulatedCameraConfig config) {
    this.config = config;
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    double range = sweep.nearestDioptres() - sweep.farthestDioptres();
    this.blurPixelsPerDioptre =
        config.optics().blurPixelsOverSweep() * config.format().width() / 320.0 / range;
    this.margin = (int) Math.ceil(1.1 * blurPixelsPerDioptre * range) + 3;
    double focal = FOCAL_WIDTHS * config.format().width();
    this.scene = BenchScene.build(config, focal);
    double outside = (config.motion().isMoving() ? 1.7 : 1.25) / (2 * focal);
    this.shadow =
        new Shadow(scene, config.format().width() * outside, config.format().height() * outside);
  }

  /** Returns how far the views of a frame have to extend beyond its first and last row. */
  int margin() {
    return margin;
  }

  /** Returns the true depth of every pixel in metres, each in the view of its row. */
  float[] depth(Capture capture) {
    return Fragments.depth(scene, capture);
  }

  /** Returns the linear light of every pixel; 1 saturates at gain 1. */
  float[] render(Capture capture) {
    Fragments fragments = new Fragments(scene, shadow, capture, margin);
    Layers layers = new Layers(fragments, blurPixelsPerDioptre);
    float[] image = new float[config.format().width() * config.format().height()];
    DiscLayer disc = new DiscLayer(config.format().width(), config.format().height(), margin);
    float[] values = new float[fragments.width];
    float[] covers = new float[fragments.width];
    for (int layer = 0; layer < layers.count; layer++) {
      double vergence = layers.vergenceOf(layer);
      if (!capture.isRolling()) {
        disc.radius(radius(capture.exposure(0), vergence));
      }
      for (int y = 0; y < fragments.height; y++) {
        int left = layers.left(layer, y);
        int right = layers.right(layer, y);
        if (left < right) {
          if (capture.isRolling()) {
            disc.radius(radius(capture.exposure(y - margin), vergence));
          }
          layers.gather(layer, y, left, right, values, covers);
          disc.addRow(y - margin, left - margin, values, covers, right - left);
        }
      }
      disc.composeOver(image);
    }
    return image;
  }

  private double radius(LensTrack.Exposure exposure, double vergence) {
    double radius = blurPixelsPerDioptre * Math.sqrt(exposure.meanSquareDistance(vergence));
    return Math.min(radius, margin - 3);
  }

  /** Assigns fragments to layers and knows the columns that each row of a layer spans. */
  private static final class Layers {
    final int count;
    private final Fragments fragments;
    private final double farthest;
    private final double step;
    private final byte[][] layerOf = new byte[Fragments.SLOTS][];
    private final int[] lefts;
    private final int[] rights;

    Layers(Fragments fragments, double blurPixelsPerDioptre) {
      this.fragments = fragments;
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int slot = 0; slot < Fragments.SLOTS; slot++) {
        for (int i = 0; i < fragments.cover[slot].length; i++) {
          if (fragments.cover[slot][i] > 0) {
            least = Math.min(least, fragments.vergence[slot][i]);
            most = Math.max(most, fragments.vergence[slot][i]);
          }
        }
      }
      double blur = (most - least) * blurPixelsPerDioptre;
      count = (int) Math.min(MAX_LAYERS, Math.max(1, Math.ceil(blur / BLUR_STEP_PIXELS)));
      farthest = least;
      step = Math.max(1e-9, (most - least) / count);
      lefts = new int[count * fragments.height];
      rights = new int[count * fragments.height];
      Arrays.fill(lefts, Integer.MAX_VALUE);
      assign();
    }

    private void assign() {
      for (int slot = 0; slot < Fragments.SLOTS; slot++) {
        layerOf[slot] = new byte[fragments.cover[slot].length];
        for (int i = 0; i < layerOf[slot].length; i++) {
          if (fragments.cover[slot][i] == 0) {
            layerOf[slot][i] = -2;
            continue;
          }
          int layer = (int) Math.min(count - 1, (fragments.vergence[slot][i] - farthest) / step);
          layerOf[slot][i] = (byte) layer;
          int row = layer * fragments.height + i / fragments.width;
          int x = i % fragments.width;
          lefts[row] = Math.min(lefts[row], x);
          rights[row] = Math.max(rights[row], x + 1);
        }
      }
    }

    double vergenceOf(int layer) {
      return farthest + (layer + 0.5) * step;
    }

    int left(int layer, int y) {
      int next = layer + 1 < count ? lefts[(layer + 1) * fragments.height + y] : Integer.MAX_VALUE;
      return Math.min(lefts[layer * fragments.height + y], next);
    }

    int right(int layer, int y) {
      int next = layer + 1 < count ? rights[(layer + 1) * fragments.height + y] : 0;
      return Math.max(rights[layer * fragments.height + y], next);
    }

    void gather(int layer, int y, int left, int right, float[] values, float[] covers) {
      Arrays.fill(values, 0, right - left, 0);
      Arrays.fill(covers, 0, right - left, 0);
      for (int slot = 0; slot < Fragments.SLOTS; slot++) {
        byte[] layers = layerOf[slot];
        float[] light = fragments.light[slot];
        float[] cover = fragments.cover[slot];
        for (int x = left, i = y * fragments.width + left; x < right; x++, i++) {
          int off = layers[i] - layer;
          if (off == 0 || off == 1) {
            float open = 1 - cover[i];
            values[x - left] = values[x - left] * open + light[i] * cover[i];
            covers[x - left] = covers[x - left] * open + cover[i];
          }
        }
      }
    }
  }
}
