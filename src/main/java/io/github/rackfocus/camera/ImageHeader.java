package io.github.rackfocus.camera;

import io.github.rackfocus.frame.PngHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Size and kind in the header of a PNG or JPEG, read before memory is allocated for its pixels.
 *
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param orientation how it is stored relative to its view, 1 (upright) to 8 as in Exif
 * @param colour whether it has more than one channel of brightness
 */
public record ImageHeader(long width, long height, int orientation, boolean colour) {
  private static final int PNG_COLOUR = 2;
  private static final int JPEG_COLOURS = 3;
  private static final int APP1 = 0xe1;
  private static final int EXIF = 0x45786966;
  private static final int PNG_EXIF = 0x65584966;
  private static final String EXPECTED = "a complete PNG or JPEG";

  /**
   * Reads the header of a file.
   *
   * @param file named in error messages
   * @param bytes content of the file
   * @throws StackFolderException if it is not a PNG or JPEG, or is truncated
   */
  static ImageHeader parse(Path file, byte[] bytes) throws IOException {
    try {
      return parse(ByteBuffer.wrap(bytes));
    } catch (IllegalArgumentException e) {
      throw new StackFolderException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the header of the bytes between position and limit, neither of which changes.
   *
   * @throws IllegalArgumentException if they are not a PNG or JPEG, or are truncated; the message
   *     lacks a subject and starts with a verb
   */
  public static ImageHeader parse(ByteBuffer packed) {
    ByteBuffer data = packed.slice().order(ByteOrder.BIG_ENDIAN);
    int size = data.limit();
    PngHeader png = PngHeader.read(data);
    if (png != null) {
      boolean colour = (png.colourType() & PNG_COLOUR) != 0;
      return new ImageHeader(png.width(), png.height(), orientationOfPng(data), colour);
    }
    if (size >= 4 && (data.getShort(0) & 0xffff) == 0xffd8) {
      ImageHeader jpeg = parseJpeg(data);
      if (jpeg != null) {
        return jpeg;
      }
      throw new IllegalArgumentException(
          "is a JPEG truncated after " + size + " bytes; expected " + EXPECTED);
    }
    throw new IllegalArgumentException(
        "is not a readable image (" + size + " bytes); expected " + EXPECTED);
  }

  /** Searches the segments for the start of frame (ITU T.81, B.2.2) and the end marker. */
  private static @Nullable ImageHeader parseJpeg(ByteBuffer data) {
    int at = 2;
    int orientation = ExifOrientation.UPRIGHT;
    while (at + 9 < data.limit()) {
      if ((data.get(at) & 0xff) != 0xff) {
        return null;
      }
      int marker = data.get(at + 1) & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (isStartOfFrame(marker)) {
        long height = data.getShort(at + 5) & 0xffff;
        long width = data.getShort(at + 7) & 0xffff;
        boolean colour = (data.get(at + 9) & 0xff) >= JPEG_COLOURS;
        return hasEndAfter(data, at) ? new ImageHeader(width, height, orientation, colour) : null;
      }
      if (marker == APP1 && at + 10 < data.limit() && data.getInt(at + 4) == EXIF) {
        int end = at + 2 + Math.max(2, data.getShort(at + 2) & 0xffff);
        orientation = ExifOrientation.of(part(data, at + 10, end));
      }
      boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
      at += alone ? 2 : 2 + Math.max(2, data.getShort(at + 2) & 0xffff);
    }
    return null;
  }

  /** Searches the chunks before the pixels for Exif data. */
  private static int orientationOfPng(ByteBuffer data) {
    long at = 8;
    while (at + 12 <= data.limit()) {
      long length = Integer.toUnsignedLong(data.getInt((int) at));
      int type = data.getInt((int) at + 4);
      if (type == PNG_EXIF) {
        return ExifOrientation.of(part(data, at + 8, at + 8 + length));
      }
      at += 12 + length;
    }
    return ExifOrientation.UPRIGHT;
  }

  private static ByteBuffer part(ByteBuffer data, long from, long to) {
    int end = (int) Math.min(to, data.limit());
    int start = (int) Math.min(from, end);
    return data.slice(start, end - start);
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** Searches for the end marker: the decoder fills a truncated JPEG with grey without an error. */
  private static boolean hasEndAfter(ByteBuffer data, int from) {
    for (int i = data.limit() - 2; i > from; i--) {
      if (data.get(i) == (byte) 0xff && data.get(i + 1) == (byte) 0xd9) {
        return true;
      }
    }
    return false;
  }
}
