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
  private final Capture capture;
  private final double[] point = new double[3];
  private final Shape.Ray ray = new Shape.Ray();
  private final Shape.Ray own = new Shape.Ray();
  private final Shape.Hit hit = new Shape.Hit();

  /**
   * @param capture views of the rows of the image and the margin
   */
  Fragments(Scene scene, Shadow shadow, Capture capture, int margin) {
    this.scene = scene;
    this.shadow = shadow;
    this.capture = capture;
    this.margin = margin;
    this.width = capture.view(0).width() + 2 * margin;
    this.height = capture.view(0).height() + 2 * margin;
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
  static float[] depth(Scene scene, Capture capture) {
    Shape.Ray ray = new Shape.Ray();
    Shape.Ray own = new Shape.Ray();
    Shape.Hit hit = new Shape.Hit();
    int width = capture.view(0).width();
    int height = capture.view(0).height();
    float[] depth = new float[width * height];
    for (int y = 0; y < height; y++) {
      View view = capture.view(y);
      for (int x = 0; x < width; x++) {
        depth[y * width + x] = (float) aim(scene, view, view.x(x + 0.5), view.y(y + 0.5), ray);
      }
    }
    for (Solid solid : scene.solids()) {
      int[] box = capture.bounds(scene, solid, 0);
      for (int y = box[1]; y < box[3]; y++) {
        View view = capture.view(y);
        double shift = view.shift(solid);
        for (int x = box[0]; x < box[2]; x++) {
          aim(scene, view, view.x(x + 0.5), view.y(y + 0.5), ray);
          solid.toOwn(ray, shift, own);
          if (solid.shape().intersect(own, hit)) {
            int at = y * width + x;
            depth[at] = (float) Math.min(depth[at], hit.distance);
          }
        }
      }
    }
    return depth;
  }

  /** Sets the ray of an image point and returns the depth of the bench along it. */
  private static double aim(Scene scene, View view, double x, double y, Shape.Ray ray) {
    if (view.isAtRest()) {
      scene.ray(x, y, ray);
      return scene.benchDepth(y);
    }
    scene.ray(view.pose(), x, y, ray);
    return scene.benchDepth(ray);
  }

  private void castBench() {
    Arrays.fill(cover[0], 1);
    for (int y = 0; y < height; y++) {
      View view = capture.view(y - margin);
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (double dy : SUB) {
          double yn = view.y(y - margin + dy);
          for (double dx : SUB) {
            double xn = view.x(x - margin + dx);
            double depth = aim(scene, view, xn, yn, ray);
            double footprint = depth / view.focalPixels();
            sum += scene.benchLight(ray, depth, footprint, lamplight(view, xn, yn, depth));
          }
        }
        int at = y * width + x;
        light[0][at] = (float) (sum / SAMPLES);
        double depth = aim(scene, view, view.x(x - margin + 0.5), view.y(y - margin + 0.5), ray);
        vergence[0][at] = (float) (1 / depth);
      }
    }
  }

  /** Returns the share of the lamp that the bench sees at a depth along a ray. */
  private double lamplight(View view, double x, double y, double depth) {
    if (view.isAtRest()) {
      return shadow.at(x, y);
    }
    point[0] = x * depth;
    point[1] = y * depth;
    point[2] = depth;
    view.pose().toRest(point);
    return shadow.at(point[0] / point[2], point[1] / point[2]);
  }

  private void cast(Solid solid) {
    int[] box = capture.bounds(scene, solid, margin);
    for (int y = box[1]; y < box[3]; y++) {
      View view = capture.view(y);
      double shift = view.shift(solid);
      for (int x = box[0]; x < box[2]; x++) {
        int hits = 0;
        double sum = 0;
        double depth = 0;
        for (double dy : SUB) {
          for (double dx : SUB) {
            aim(scene, view, view.x(x + dx), view.y(y + dy), ray);
            solid.toOwn(ray, shift, own);
            if (solid.shape().intersect(own, hit)) {
              hits++;
              depth += hit.distance;
              sum += scene.light(solid, hit, hit.distance / view.focalPixels(), ray);
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
