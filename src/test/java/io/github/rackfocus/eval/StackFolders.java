package io.github.rackfocus.eval;

import io.github.rackfocus.frame.Pfm;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Writes small stack folders of a textured slope. */
public final class StackFolders {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;
  private static final int PLANES = 7;

  private StackFolders() {}

  /** Writes a folder with truth in metres; the left column is unknown. */
  public static Path dioptre(Path root, String name) throws IOException {
    String focus = list(z -> 1 + 0.5 * z);
    return write(root, name, "\"focus\": [" + focus + "], \"unit\": \"dioptre\"", false, true);
  }

  /** Writes a folder with truth in index values, which start at 1. */
  public static Path index(Path root, String name, boolean nearFirst) throws IOException {
    String order = nearFirst ? "near-first" : "far-first";
    String json =
        "\"focus\": [" + list(z -> z + 1) + "], \"unit\": \"index\", \"order\": \"" + order + "\"";
    return write(root, name, json, nearFirst, true);
  }

  /** Writes a folder without truth. */
  public static Path withoutTruth(Path root, String name) throws IOException {
    String focus = list(z -> 1 + 0.5 * z);
    return write(root, name, "\"focus\": [" + focus + "], \"unit\": \"dioptre\"", false, false);
  }

  /** Returns the plane, from 0 far to 6 near, in which a column is in focus. */
  static double plane(int x) {
    return 0.8 + 4.4 * x / (WIDTH - 1);
  }

  private interface Focus {
    double of(int image);
  }

  private static String list(Focus focus) {
    return IntStream.range(0, PLANES)
        .mapToObj(z -> String.format(Locale.ROOT, "%.3f", focus.of(z)))
        .collect(Collectors.joining(", "));
  }

  private static Path write(
      Path root, String name, String json, boolean nearFirst, boolean withTruth)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Files.writeString(folder.resolve("stack.json"), "{" + json + "}");
    for (int image = 0; image < PLANES; image++) {
      int plane = nearFirst ? PLANES - 1 - image : image;
      ImageIO.write(
          picture(plane), "png", folder.resolve(String.format("%03d.png", image)).toFile());
    }
    if (withTruth) {
      boolean metric = json.contains("dioptre");
      float[] truth = new float[WIDTH * HEIGHT];
      for (int i = 0; i < truth.length; i++) {
        truth[i] = (float) depth(i % WIDTH, metric, nearFirst);
      }
      new Pfm(WIDTH, HEIGHT, truth).write(folder.resolve("depth.pfm"));
    }
    return folder;
  }

  private static double depth(int x, boolean metric, boolean nearFirst) {
    if (metric) {
      return x == 0 ? 0 : 1 / (1 + 0.5 * plane(x));
    }
    return nearFirst ? PLANES - plane(x) : plane(x) + 1;
  }

  private static BufferedImage picture(int plane) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double away = plane - plane(x);
        // Any fixed pattern with pixel-sized detail.
        long hash = (x * 73_856_093L ^ y * 19_349_663L) * 0x9E3779B97F4A7C15L;
        double grain = (hash >>> 40) / (double) (1 << 24) - 0.5;
        int value = (int) Math.round(128 + 200 * grain / (1 + away * away));
        image.getRaster().setSample(x, y, 0, Math.max(0, Math.min(255, value)));
      }
    }
    return image;
  }
}
