package io.github.rackfocus.camera;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds damage that OpenCV decodes without an error: it fills what it cannot read of a JPEG with
 * grey. A PNG has checksums; a JPEG is decoded a second time, by a decoder that reports what it
 * guessed.
 */
public final class ImageIntegrity {
  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int PNG_END = 0x49454E44;
  private static final int PNG_CHUNK_BYTES = 12;

  private ImageIntegrity() {}

  /**
   * Checks a file whose header and size are already known to be acceptable. Takes as long as
   * decoding it.
   *
   * @return what is wrong with it, as a clause that begins with a verb; null if nothing
   */
  public static @Nullable String fault(byte[] bytes) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    return data.limit() > 8 && data.getLong(0) == PNG_SIGNATURE ? ofPng(data) : ofJpeg(bytes);
  }

  private static @Nullable String ofPng(ByteBuffer data) {
    long at = 8;
    while (at + PNG_CHUNK_BYTES <= data.limit()) {
      int start = (int) at;
      long length = Integer.toUnsignedLong(data.getInt(start));
      if (at + PNG_CHUNK_BYTES + length > data.limit()) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(data.array(), start + 4, (int) length + 4);
      if ((int) crc.getValue() != data.getInt(start + 8 + (int) length)) {
        return "is a damaged PNG: the checksum of the chunk at byte " + at + " is wrong";
      }
      if (data.getInt(start + 4) == PNG_END) {
        return null;
      }
      at += PNG_CHUNK_BYTES + length;
    }
    return "is a PNG truncated after " + data.limit() + " bytes";
  }

  private static @Nullable String ofJpeg(byte[] bytes) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    if (!readers.hasNext()) {
      return null; // A runtime without Java's desktop module.
    }
    ImageReader reader = readers.next();
    Guesses guesses = new Guesses();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      reader.addIIOReadWarningListener(guesses);
      reader.readRaster(0, null);
    } catch (IOException | RuntimeException e) {
      // What this decoder does not support says nothing about the file; OpenCV decides.
      return guesses.first;
    } finally {
      reader.dispose();
    }
    return guesses.first;
  }

  /** The first thing that the decoder could not read. */
  private static final class Guesses implements IIOReadWarningListener {
    private @Nullable String first;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      if (first == null
          && (warning.startsWith("Corrupt JPEG data") || warning.startsWith("Premature end"))) {
        first = "is a damaged JPEG (" + warning.strip() + ")";
      }
    }
  }
}
