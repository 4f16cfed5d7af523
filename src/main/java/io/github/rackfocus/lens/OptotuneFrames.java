package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;

/**
 * The frames of Optotune's Lens Driver 4 and 4i: a command, its parameters, and a CRC-16/ARC with
 * the low byte first; answers end in CR LF as well.
 *
 * <p>Source: Optotune, "Lens Driver 4 manual", chapter on the serial protocol.
 */
final class OptotuneFrames {
  private static final int CRC_POLYNOMIAL = 0xA001;
  private static final int OVERHEAD = 4;

  private OptotuneFrames() {}

  /** Returns the CRC-16/ARC of bytes: reflected polynomial 0x8005, start 0. */
  static int crc(byte[] bytes, int offset, int length) {
    int crc = 0;
    for (int i = offset; i < offset + length; i++) {
      crc ^= bytes[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ CRC_POLYNOMIAL : crc >>> 1;
      }
    }
    return crc;
  }

  /**
   * Returns a command.
   *
   * @param name ASCII letters
   * @param words 16-bit parameters, the high byte first
   */
  static byte[] command(String name, int... words) {
    byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
    int length = letters.length + 2 * words.length;
    byte[] frame = new byte[length + 2];
    System.arraycopy(letters, 0, frame, 0, letters.length);
    for (int i = 0; i < words.length; i++) {
      frame[letters.length + 2 * i] = (byte) (words[i] >> 8);
      frame[letters.length + 2 * i + 1] = (byte) words[i];
    }
    return withCrc(frame, length);
  }

  /** Returns an answer: its content, the CRC, CR and LF. */
  static byte[] answer(byte[] content) {
    byte[] frame = new byte[content.length + OVERHEAD];
    System.arraycopy(content, 0, frame, 0, content.length);
    withCrc(frame, content.length);
    frame[content.length + 2] = '\r';
    frame[content.length + 3] = '\n';
    return frame;
  }

  private static byte[] withCrc(byte[] frame, int length) {
    int crc = crc(frame, 0, length);
    frame[length] = (byte) crc;
    frame[length + 1] = (byte) (crc >> 8);
    return frame;
  }

  /**
   * Finds an answer among bytes, which may be preceded by garbage.
   *
   * @param letter the first one of the answer
   * @param length of the content
   * @return where the content begins; -1 if there is no whole answer
   */
  static int find(byte[] bytes, int count, char letter, int length) {
    for (int at = 0; at + length + OVERHEAD <= count; at++) {
      int crc = (bytes[at + length] & 0xff) | (bytes[at + length + 1] & 0xff) << 8;
      if (bytes[at] == letter
          && bytes[at + length + 2] == '\r'
          && bytes[at + length + 3] == '\n'
          && crc == crc(bytes, at, length)) {
        return at;
      }
    }
    return -1;
  }

  /** Returns the signed 16-bit number at a place, the high byte first. */
  static int word(byte[] bytes, int at) {
    return bytes[at] << 8 | bytes[at + 1] & 0xff;
  }
}
