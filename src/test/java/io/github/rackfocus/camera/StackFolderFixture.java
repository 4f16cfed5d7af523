package io.github.rackfocus.camera;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;

/** Writes stack folders with Java's image encoder, which is independent of the reader. */
final class StackFolderFixture {
  static final int WIDTH = 7;
  static final int HEIGHT = 5;

  private StackFolderFixture() {}

  /** Writes a mono folder whose image i has luma {@code 10 i + x} at (x, y). */
  static Path write(Path folder, int images, String json) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < images; i++) {
      int base = 10 * i;
      mono(folder.resolve(String.format("%03d.png", i)), WIDTH, HEIGHT, (x, y) -> base + x);
    }
    Files.writeString(folder.resolve("stack.json"), json);
    return folder;
  }

  static void mono(Path file, int width, int height, IntBinaryOperator value) throws IOException {
    gray(file, BufferedImage.TYPE_BYTE_GRAY, width, height, value);
  }

  static void mono16(Path file, int width, int height, IntBinaryOperator value) throws IOException {
    gray(file, BufferedImage.TYPE_USHORT_GRAY, width, height, value);
  }

  static void rgb(Path file, int width, int height, IntBinaryOperator packedRgb)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, packedRgb.applyAsInt(x, y));
      }
    }
    write(image, file);
  }

  private static void gray(Path file, int type, int width, int height, IntBinaryOperator value)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, value.applyAsInt(x, y));
      }
    }
    write(image, file);
  }

  private static void write(BufferedImage image, Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
      throw new IOException("no encoder for " + file);
    }
  }
}
