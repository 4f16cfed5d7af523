package io.github.rackfocus.frame;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A portable float map in the form that Middlebury uses: one channel ({@code Pf}), little endian
 * (scale −1.0), rows bottom-up in the file, top-down in memory.
 *
 * @param width pixels in a row
 * @param height rows
 * @param values {@code height * width}, row by row from the top
 */
public record Pfm(int width, int height, float[] values) {
  private static final int MAX_HEADER_TOKEN = 32;

  public Pfm {
    FramePool.checkSize(width, height);
    if (values.length != width * height) {
      throw new IllegalArgumentException(
          values.length + " values for a map of " + width + " x " + height);
    }
  }

  /**
   * Reads a map of either byte order.
   *
   * @throws IOException stating the file, what was found and what was expected
   */
  public static Pfm read(Path file) throws IOException {
    long size = Files.size(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      String magic = token(in, file);
      if (!magic.equals("Pf")) {
        throw fault(file, "begins with '" + magic + "'", "'Pf', one float channel");
      }
      int width = dimension(token(in, file), file);
      int height = dimension(token(in, file), file);
      try {
        FramePool.checkSize(width, height);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
      ByteOrder order = order(token(in, file), file);
      long bytes = 4L * width * height;
      if (size < bytes) {
        throw fault(file, "has " + size + " bytes", "a header and " + bytes + " bytes");
      }
      byte[] raw = in.readNBytes((int) bytes);
      if (raw.length != bytes) {
        throw fault(file, "ends after " + raw.length + " bytes of data", bytes + " bytes");
      }
      FloatBuffer data = ByteBuffer.wrap(raw).order(order).asFloatBuffer();
      float[] values = new float[width * height];
      for (int y = 0; y < height; y++) {
        data.get((height - 1 - y) * width, values, y * width, width);
      }
      return new Pfm(width, height, values);
    }
  }

  /** Writes the map, little endian. */
  public void write(Path file) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(4 * width * height).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer data = raw.asFloatBuffer();
    for (int y = 0; y < height; y++) {
      data.put((height - 1 - y) * width, values, y * width, width);
    }
    String header = "Pf\n" + width + " " + height + "\n-1.0\n";
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      out.write(raw.array());
    }
  }

  private static int dimension(String token, Path file) throws IOException {
    try {
      return Integer.parseInt(token);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": size is '" + token + "'; expected an integer", e);
    }
  }

  private static ByteOrder order(String token, Path file) throws IOException {
    try {
      double scale = Double.parseDouble(token);
      if (scale != 0 && !Double.isNaN(scale)) {
        return scale < 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      }
    } catch (NumberFormatException e) {
      throw new IOException(file + ": scale is '" + token + "'; expected a number", e);
    }
    throw fault(file, "has scale '" + token + "'", "a number below or above 0");
  }

  private static String token(InputStream in, Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException(file + ": ends within its header; expected Pf, size and scale");
      }
      if (!Character.isWhitespace(c)) {
        text.append((char) c);
        if (text.length() > MAX_HEADER_TOKEN) {
          throw fault(file, "has no PFM header", "Pf, size and scale");
        }
      } else if (text.length() > 0) {
        return text.toString();
      }
    }
  }

  private static IOException fault(Path file, String found, String expected) {
    return new IOException(file + ": " + found + "; expected " + expected);
  }
}
