package io.github.rackfocus.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The header of a PNG file, read before memory is allocated for its pixels. Sizes are those the
 * file claims and are not checked.
 *
 * @param width in pixels
 * @param height in pixels
 * @param bits bits per channel
 * @param colourType colour type of the PNG specification; {@link #GREY} for one grey channel
 */
public record PngHeader(long width, long height, int bits, int colourType) {
  /** Colour type of grey images without alpha. */
  public static final int GREY = 0;

  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int BYTES = 26;

  /**
   * Reads the header of the bytes between position and limit, neither of which changes.
   *
   * @return null if they are not a PNG file
   */
  public static @Nullable PngHeader read(ByteBuffer bytes) {
    ByteBuffer data = bytes.slice().order(ByteOrder.BIG_ENDIAN);
    if (data.limit() < BYTES || data.getLong(0) != SIGNATURE || data.getInt(12) != IHDR) {
      return null;
    }
    return new PngHeader(
        Integer.toUnsignedLong(data.getInt(16)),
        Integer.toUnsignedLong(data.getInt(20)),
        data.get(24),
        data.get(25));
  }
}
