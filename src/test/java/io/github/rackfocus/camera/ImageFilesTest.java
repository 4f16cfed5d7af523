package io.github.rackfocus.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.rackfocus.frame.Frame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Image files that a stack should not be made of, and what their pixels are if it should. */
class ImageFilesTest {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;

  @TempDir Path folder;

  @BeforeEach
  void writeStackJson() throws IOException {
    Files.writeString(
        folder.resolve("stack.json"), "{\"focus\": [1.5, 2, 4], \"unit\": \"dioptre\"}");
  }

  /** Smooth noise, so that a JPEG has bytes to lose. */
  private static BufferedImage picture(int type) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    Random random = new Random(7);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.setRGB(x, y, (40 + random.nextInt(160)) * 0x010101);
      }
    }
    return image;
  }

  private static byte[] encoded(String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture(BufferedImage.TYPE_INT_RGB), format, bytes);
    return bytes.toByteArray();
  }

  private void writeAll(String extension, byte[]... files) throws IOException {
    for (int i = 0; i < 3; i++) {
      Files.write(folder.resolve("00" + i + "." + extension), files[Math.min(i, files.length - 1)]);
    }
  }

  /** Inserts a segment with an orientation, in the byte order of its mark. */
  private static byte[] turned(byte[] jpeg, int orientation, boolean littleEndian) {
    ByteBuffer exif = ByteBuffer.allocate(2 + 2 + 6 + 8 + 2 + 12 + 4);
    exif.putShort((short) 0xffe1).putShort((short) (exif.capacity() - 2));
    exif.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    exif.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    exif.put((littleEndian ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    exif.putShort((short) 42).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x0112).putShort((short) 3).putInt(1);
    exif.putShort((short) orientation).putShort((short) 0).putInt(0);
    ByteBuffer whole = ByteBuffer.allocate(jpeg.length + exif.capacity());
    return whole.put(jpeg, 0, 2).put(exif.array()).put(jpeg, 2, jpeg.length - 2).array();
  }

  private static byte[] pngChunk(String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(name)
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  private void assertRejected(String file, String... parts) {
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageStartingWith(folder.resolve(file) + ": ")
        .hasMessageContainingAll(parts)
        .hasMessageContaining("; expected ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldRejectImagesThatAreTurnedDifferently(boolean littleEndian) throws Exception {
    byte[] jpeg = encoded("jpg");
    writeAll("jpg", turned(jpeg, 1, littleEndian), turned(jpeg, 3, littleEndian));
    assertRejected("001.jpg", "has Exif orientation 3; expected 1, that of 000.jpg");
    writeAll("jpg", turned(jpeg, 6, littleEndian), turned(jpeg, 6, true), jpeg);
    assertRejected("002.jpg", "has Exif orientation 1; expected 6, that of 000.jpg");
  }

  @Test
  void shouldTakeImagesThatAreAllTurnedAlikeAsStored() throws Exception {
    byte[] jpeg = encoded("jpg");
    writeAll("jpg", jpeg);
    byte[] upright = lumaOfFirst();
    writeAll("jpg", turned(jpeg, 6, true), turned(jpeg, 6, false));
    assertThat(lumaOfFirst()).isEqualTo(upright);
    // No tag says the same as an upright one, and a damaged one says nothing.
    writeAll("jpg", jpeg, turned(jpeg, 1, true), turned(jpeg, 99, true));
    assertThat(lumaOfFirst()).isEqualTo(upright);
  }

  @Test
  void shouldReadTheOrientationOfAPng() throws Exception {
    byte[] png = encoded("png");
    ByteBuffer tiff = ByteBuffer.allocate(26);
    tiff.put("MM".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42).putInt(8);
    tiff.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    tiff.putShort((short) 8);
    byte[] chunk = pngChunk("eXIf", tiff.array());
    byte[] turned =
        ByteBuffer.allocate(png.length + chunk.length)
            .put(png, 0, 33)
            .put(chunk)
            .put(png, 33, png.length - 33)
            .array();
    writeAll("png", png, turned);
    assertRejected("001.png", "has Exif orientation 8; expected 1, that of 000.png");
  }

  @Test
  void shouldRejectAJpegThatWouldBeFilledWithGrey() throws Exception {
    byte[] good = encoded("jpg");
    int scan = indexOfScan(good);
    byte[] zeros = good.clone();
    int middle = (scan + good.length) / 2;
    Arrays.fill(zeros, middle, middle + 300, (byte) 0);
    writeAll("jpg", good, zeros);
    assertRejected("001.jpg", "is a damaged JPEG (Corrupt JPEG data");

    int from = scan + (good.length - scan) / 4;
    int lost = (good.length - scan) / 2;
    byte[] shorter = new byte[good.length - lost];
    System.arraycopy(good, 0, shorter, 0, from);
    System.arraycopy(good, from + lost, shorter, from, good.length - from - lost);
    writeAll("jpg", good, good, shorter);
    assertRejected("002.jpg", "is a damaged JPEG (Corrupt JPEG data");

    writeAll("jpg", good, Arrays.copyOf(good, good.length - 2));
    assertRejected("001.jpg", "is a JPEG truncated after " + (good.length - 2) + " bytes");
    writeAll("jpg", good);
    assertThat(lumaOfFirst()).hasSize(WIDTH * HEIGHT);
  }

  @Test
  void shouldRejectAPngWithAWrongChecksumOrNoEnd() throws Exception {
    byte[] good = encoded("png");
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 4;
    writeAll("png", good, flipped);
    assertRejected("001.png", "is a damaged PNG: the checksum of the chunk at byte");
    writeAll("png", good, Arrays.copyOf(good, good.length - 12));
    assertRejected("001.png", "is a PNG truncated after " + (good.length - 12) + " bytes");
  }

  @Test
  void shouldAcceptTheExtensionsThatCamerasWrite() throws Exception {
    writeAll("JPG", encoded("jpg"));
    assertThat(lumaOfFirst()).hasSize(WIDTH * HEIGHT);
    Files.write(folder.resolve("001.jpg"), encoded("jpg"));
    assertThatThrownBy(() -> StackFolder.open(folder)).hasMessageContaining("001.JPG");
  }

  /** Bits in use, as stored in 16. */
  @ParameterizedTest
  @ValueSource(ints = {10, 12, 14})
  void shouldQuestionABitDepthThatImagesContradict(int bits) throws Exception {
    int white = (1 << bits) - 1;
    for (int i = 0; i < 3; i++) {
      StackFolderFixture.mono16(
          folder.resolve("00" + i + ".png"), WIDTH, HEIGHT, (x, y) -> x == 5 ? white : white / 3);
    }
    List<String> said = warningsOnOpening(16);
    assertThat(said)
        .hasSize(1)
        .first()
        .asString()
        .contains("is " + white, "white at bitDepth 16", "(--bit-depth), " + bits + " by");
    assertThat(warningsOnOpening(bits)).isEmpty();
    assertThat(warningsOnOpening(8))
        .hasSize(1)
        .first()
        .asString()
        .contains("a sample of " + white, "above 255 are white at bitDepth 8", "at least " + bits);
  }

  @Test
  void shouldNotQuestionTheDepthOfDarkImagesOfEightBits() throws Exception {
    for (int i = 0; i < 3; i++) {
      StackFolderFixture.mono(folder.resolve("00" + i + ".png"), WIDTH, HEIGHT, (x, y) -> 20);
    }
    assertThat(warningsOnOpening(16)).isEmpty();
  }

  private List<String> warningsOnOpening(int bitDepth) throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(StackImages.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      StackImages.open(StackImages.list(folder), StackFolderConfig.DEFAULTS.withBitDepth(bitDepth));
    } finally {
      logger.detachAppender(said);
    }
    return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private byte[] lumaOfFirst() throws Exception {
    try (StackFolder stack = StackFolder.open(folder);
        Frame frame = stack.next()) {
      byte[] luma = new byte[WIDTH * HEIGHT];
      frame.luma().get(0, luma);
      return luma;
    }
  }

  private static int indexOfScan(byte[] jpeg) {
    for (int i = 0; ; i++) {
      if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == 0xda) {
        return i;
      }
    }
  }
}
