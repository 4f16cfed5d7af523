package io.github.rackfocus.camera.simulated;

import java.util.Arrays;

/**
 * What a pinhole camera sees per pixel: the bench and up to two solids in front of it, each with
 * its light, its vergence and the share of the pixel that it covers.
 *
 * <p>The grid extends beyond the image by a margin, because blur spreads light from outside into
 * the image. Not thread-safe.
 */
final class Fragments {
  /** Slot 0 is the bench; the others are solids, far to near. */
  static final int SLOTS = 3;

  private static final double[] SUB = {0.25, 0.75};
  private static final int SAMPLES = SUB.length * SUB.length;

  final int width;
  final int height;
  final int margin;
  final float[][] light = new float[SLOTS][];
  final float[][] vergence = new float[SLOTS][];
  final float[][] cover = new float[SLOTS][];

  private final Scene scene;
  private final Shadow shadow;
  private final View view;
  private final Shape.Ray ray = new Shape.Ray();
  private final Shape.Ray own = new Shape.Ray();
  private final Shape.Hit hit = new Shape.Hit();

  Fragments(Scene scene, Shadow shadow, View view, int margin) {
    this.scene = scene;
    this.shadow = shadow;
    this.view = view;
    this.margin = margin;
    this.width = view.width() + 2 * margin;
    this.height = view.height() + 2 * margin;
    for (int slot = 0; slot < SLOTS; slot++) {
      light[slot] = new float[width * height];
      vergence[slot] = new float[width * height];
      cover[slot] = new float[width * height];
    }
    castBench();
    for (Solid solid : scene.solids()) {
      cast(solid);
    }
  }

  /** Returns the depth at the centre of each image pixel, in metres, row by row. */
  static float[] depth(Scene scene, View view) {
    Shape.Ray ray = new Shape.Ray();
    Shape.Ray own = new Shape.Ray();
    Shape.Hit hit = new Shape.Hit();
    float[] depth = new float[view.width() * view.height()];
    for (int y = 0; y < view.height(); y++) {
      int row = y * view.width();
      Arrays.fill(depth, row, row + view.width(), (float) scene.benchDepth(view.y(y + 0.5)));
    }
    for (Solid solid : scene.solids()) {
      int[] box = view.bounds(scene, solid, 0);
      double shift = view.shift(solid);
      for (int y = box[1]; y < box[3]; y++) {
        for (int x = box[0]; x < box[2]; x++) {
          scene.ray(view.x(x + 0.5), view.y(y + 0.5), ray);
          solid.toOwn(ray, shift, own);
          if (solid.shape().intersect(own, hit)) {
            int at = y * view.width() + x;
            depth[at] = (float) Math.min(depth[at], hit.distance);
          }
        }
      }
    }
    return depth;
  }

  private void castBench() {
    Arrays.fill(cover[0], 1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (double dy : SUB) {
          double yn = view.y(y - margin + dy);
          double depth = scene.benchDepth(yn);
          double footprint = depth / view.focalPixels();
          for (double dx : SUB) {
            double xn = view.x(x - margin + dx);
            scene.ray(xn, yn, ray);
            sum += scene.benchLight(ray, depth, footprint, shadow.at(xn, yn));
          }
        }
        int at = y * width + x;
        light[0][at] = (float) (sum / SAMPLES);
        vergence[0][at] = (float) (1 / scene.benchDepth(view.y(y - margin + 0.5)));
      }
    }
  }

  private void cast(Solid solid) {
    int[] box = view.bounds(scene, solid, margin);
    double shift = view.shift(solid);
    for (int y = box[1]; y < box[3]; y++) {
      for (int x = box[0]; x < box[2]; x++) {
        int hits = 0;
        double sum = 0;
        double depth = 0;
        for (double dy : SUB) {
          for (double dx : SUB) {
            scene.ray(view.x(x + dx), view.y(y + dy), ray);
            solid.toOwn(ray, shift, own);
            if (solid.shape().intersect(own, hit)) {
              hits++;
              depth += hit.distance;
              sum += scene.light(solid, hit, hit.distance / view.focalPixels());
            }
          }
        }
        if (hits > 0) {
          insert((y + margin) * width + x + margin, hits / depth, sum / hits, hits);
        }
      }
    }
  }

  private void insert(int at, double v, double value, int hits) {
    int slot = SLOTS - 1;
    while (slot > 0 && cover[slot][at] > 0 && vergence[slot][at] >= v) {
      slot--;
    }
    if (slot == 0) {
      return;
    }
    for (int below = 1; below < slot; below++) {
      light[below][at] = light[below + 1][at];
      vergence[below][at] = vergence[below + 1][at];
      cover[below][at] = cover[below + 1][at];
    }
    light[slot][at] = (float) value;
    vergence[slot][at] = (float) v;
    cover[slot][at] = hits / (float) SAMPLES;
  }
}
