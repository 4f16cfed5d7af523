package io.github.rackfocus.camera;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Size of a PNG or JPEG as its first bytes tell it, so that it can be judged before any memory is
 * taken for pixels.
 *
 * @param width pixels in a row
 * @param height rows
 */
public record ImageHeader(long width, long height) {
  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int PNG_IHDR = 0x49484452;
  private static final String EXPECTED = "a whole PNG or JPEG";

  /**
   * Reads the header of a file.
   *
   * @param file for messages
   * @param bytes its content
   * @throws StackFolderException if it is neither PNG nor JPEG, or ends too early
   */
  static ImageHeader parse(Path file, byte[] bytes) throws IOException {
    try {
      return parse(ByteBuffer.wrap(bytes));
    } catch (IllegalArgumentException e) {
      throw new StackFolderException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the header of what lies between position and limit, and leaves both as they are.
   *
   * @throws IllegalArgumentException if it is neither PNG nor JPEG, or ends too early; begins with
   *     a verb
   */
  public static ImageHeader parse(ByteBuffer packed) {
    ByteBuffer data = packed.slice().order(ByteOrder.BIG_ENDIAN);
    int size = data.limit();
    if (size >= 24 && data.getLong(0) == PNG_SIGNATURE && data.getInt(12) == PNG_IHDR) {
      return new ImageHeader(data.getInt(16) & 0xffffffffL, data.getInt(20) & 0xffffffffL);
    }
    if (size >= 4 && (data.getShort(0) & 0xffff) == 0xffd8) {
      ImageHeader jpeg = parseJpeg(data);
      if (jpeg != null) {
        return jpeg;
      }
      throw new IllegalArgumentException(
          "is a JPEG that breaks off after " + size + " bytes; expected " + EXPECTED);
    }
    throw new IllegalArgumentException(
        "is no image that can be read (" + size + " bytes); expected " + EXPECTED);
  }

  /** Walks the segments to the start of frame (ITU T.81, B.2.2) and looks for the end marker. */
  private static @Nullable ImageHeader parseJpeg(ByteBuffer data) {
    int at = 2;
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
        return hasEndAfter(data, at) ? new ImageHeader(width, height) : null;
      }
      boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
      at += alone ? 2 : 2 + Math.max(2, data.getShort(at + 2) & 0xffff);
    }
    return null;
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** The decoder fills a broken-off JPEG with grey and says nothing; so its end is looked for. */
  private static boolean hasEndAfter(ByteBuffer data, int from) {
    for (int i = data.limit() - 2; i > from; i--) {
      if (data.get(i) == (byte) 0xff && data.get(i + 1) == (byte) 0xd9) {
        return true;
      }
    }
    return false;
  }
}
