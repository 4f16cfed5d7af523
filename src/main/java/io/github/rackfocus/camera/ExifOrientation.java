package io.github.rackfocus.camera;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads how an image is stored relative to its view, from Exif data (tag 274 of Exif 2.32). Damaged
 * data counts as none: what matters is that the images of a stack say the same.
 */
final class ExifOrientation {
  /** Stored as seen; also of images that do not say. */
  static final int UPRIGHT = 1;

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private ExifOrientation() {}

  /**
   * Reads the orientation.
   *
   * @param exif a TIFF structure from its byte order mark on, between position and limit
   * @return 1 to 8
   */
  static int of(ByteBuffer exif) {
    ByteBuffer tiff = exif.slice();
    if (tiff.limit() < 8) {
      return UPRIGHT;
    }
    int mark = tiff.getShort(0) & 0xffff;
    if (mark != 0x4949 && mark != 0x4d4d) {
      return UPRIGHT;
    }
    tiff.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (directory + 2 > tiff.limit()) {
      return UPRIGHT;
    }
    int entries = tiff.getShort((int) directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      long at = directory + 2 + (long) i * ENTRY_BYTES;
      if (at + ENTRY_BYTES > tiff.limit()) {
        return UPRIGHT;
      }
      if ((tiff.getShort((int) at) & 0xffff) == TAG && tiff.getShort((int) at + 2) == SHORT) {
        int value = tiff.getShort((int) at + 8) & 0xffff;
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
