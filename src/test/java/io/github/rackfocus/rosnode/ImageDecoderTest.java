package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.ThreadMXBean;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.FrameRectifier;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ImageDecoderTest {
  private final FramePool pool = new FramePool(4);
  private final ImageDecoder decoder = new ImageDecoder(pool, 12, 20);

  @BeforeAll
  static void load() {
    NativeLibraries.loadOpenCv();
  }

  @AfterEach
  void close() {
    decoder.close();
    assertThat(pool.leased()).isZero();
  }

  private int[] luma(Image image) throws BadImageException {
    try (Frame frame = decoder.decode(image, null)) {
      assertThat(frame.width()).isEqualTo((int) image.width);
      assertThat(frame.height()).isEqualTo((int) image.height);
      int[] luma = new int[frame.pixels()];
      for (int i = 0; i < luma.length; i++) {
        luma[i] = frame.lumaAt(i);
      }
      return luma;
    }
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** The decoder of this test expects 12 bits, and looks at 20 images. */
  @Test
  void shouldQuestionABitDepthThatASweepContradicts() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(ImageDecoder.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      byte[] dark = bytes(0xff, 0x01, 0x20, 0x00);
      for (int i = 0; i < 30; i++) {
        luma(TestMessages.image("mono16", 2, 1, 4, dark, 1 + i));
        assertThat(said.list).hasSize(i < 19 ? 0 : 1);
      }
    } finally {
      logger.detachAppender(said);
    }
    assertThat(said.list.get(0).getFormattedMessage())
        .contains("is 511, less than a quarter of the 4095", "bitDepth 12", "9 by these images");
  }

  /** BT.601: 0.299 R + 0.587 G + 0.114 B. */
  @ParameterizedTest
  @CsvSource({
    "rgb8, 200, 100, 50, 124",
    "bgr8, 50, 100, 200, 124",
    "rgb8, 255, 0, 0, 76",
    "bgr8, 255, 0, 0, 29",
    "rgb8, 0, 255, 0, 150"
  })
  void shouldWeighColoursByBt601(String encoding, int a, int b, int c, int expected)
      throws Exception {
    assertThat(luma(TestMessages.image(encoding, 2, 1, 6, bytes(a, b, c, a, b, c), 1)))
        .containsExactly(expected, expected);
    byte[] four = bytes(a, b, c, 9, a, b, c, 9);
    String withAlpha = encoding.replace("8", "a8");
    assertThat(luma(TestMessages.image(withAlpha, 2, 1, 8, four, 1)))
        .containsExactly(expected, expected);
  }

  /** Red, green and blue of a pixel, and its luma, as decoded with colour. */
  private int[] rgbAndLuma(Frame frame, int pixel) {
    try (frame) {
      ByteBuffer colour = frame.colour();
      assertThat(colour).isNotNull();
      return new int[] {
        colour.get(3 * pixel) & 0xff,
        colour.get(3 * pixel + 1) & 0xff,
        colour.get(3 * pixel + 2) & 0xff,
        frame.lumaAt(pixel)
      };
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rgb8, 200, 100, 50",
    "bgr8, 50, 100, 200",
    "rgba8, 200, 100, 50",
    "bgra8, 50, 100, 200",
  })
  void shouldCarryColourInOneOrderWhileItIsWanted(String encoding, int a, int b, int c)
      throws Exception {
    int pixel = encoding.contains("a") ? 4 : 3;
    byte[] data = new byte[3 * pixel];
    for (int i = 0; i < 3; i++) {
      data[pixel * i] = (byte) a;
      data[pixel * i + 1] = (byte) b;
      data[pixel * i + 2] = (byte) c;
    }
    Image image = TestMessages.image(encoding, 3, 1, 3 * pixel, data, 1);
    try (Frame frame = decoder.decode(image, null)) {
      assertThat(frame.colour()).as("nobody wants it").isNull();
    }
    decoder.colourDemand(() -> true);
    assertThat(rgbAndLuma(decoder.decode(image, null), 2)).containsExactly(200, 100, 50, 124);
    try (Frame mono = decoder.decode(TestMessages.mono8(6, 4, 1, 0), null)) {
      assertThat(mono.colour()).isNull();
      assertThat(mono.isOfColour()).isFalse();
    }
    decoder.colourDemand(() -> false);
    try (Frame frame = decoder.decode(image, null)) {
      assertThat(frame.colour()).isNull();
      assertThat(frame.isOfColour()).isTrue();
      assertThat(frame.lumaAt(2)).isEqualTo(124);
    }
  }

  @ParameterizedTest
  @CsvSource({"bayer_rggb, RGGB", "bayer_bggr, BGGR", "bayer_gbrg, GBRG", "bayer_grbg, GRBG"})
  void shouldInterpolateTheColoursOfBayerPatterns(String encoding, String pattern)
      throws Exception {
    byte[] data = new byte[8 * 8];
    byte[] wide = new byte[2 * data.length];
    for (int i = 0; i < data.length; i++) {
      char filter = pattern.charAt((i / 8 % 2) * 2 + i % 8 % 2);
      int value = filter == 'R' ? 200 : filter == 'G' ? 100 : 50;
      data[i] = (byte) value;
      // The decoder of this test expects 12 bits.
      wide[2 * i] = (byte) (value * 4095 / 255);
      wide[2 * i + 1] = (byte) (value * 4095 / 255 >> 8);
    }
    decoder.colourDemand(() -> true);
    Image narrow = TestMessages.image(encoding + "8", 8, 8, 8, data, 1);
    int[] found = rgbAndLuma(decoder.decode(narrow, null), 27);
    assertThat(found).startsWith(200, 100, 50);
    assertThat(found[3]).isBetween(123, 125);
    int[] wideFound =
        rgbAndLuma(
            decoder.decode(TestMessages.image(encoding + "16", 8, 8, 16, wide, 1), null), 27);
    assertThat(wideFound[0]).isBetween(199, 201);
    assertThat(wideFound[2]).isBetween(49, 51);
  }

  /** JPEG stores luma, so that luma must not be made of the colours that are decoded from it. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg"})
  void shouldDecodeTheColoursOfCompressedImagesWithoutChangingLuma(String codec) throws Exception {
    BufferedImage picture = new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(4);
    for (int i = 0; i < 32 * 24; i++) {
      picture.setRGB(i % 32, i / 32, random.nextInt(1 << 24));
    }
    CompressedImage image =
        TestMessages.packed(picture, codec, "rgb8; " + codec + " compressed bgr8", 1);
    byte[] before = new byte[32 * 24];
    try (Frame frame = decoder.decode(image, null)) {
      frame.luma().get(0, before);
      assertThat(frame.hasColour()).isFalse();
    }
    decoder.colourDemand(() -> true);
    try (Frame frame = decoder.decode(image, null)) {
      byte[] after = new byte[32 * 24];
      frame.luma().get(0, after);
      assertThat(after).isEqualTo(before);
      ByteBuffer colour = frame.colour();
      BufferedImage expected = ImageIO.read(new ByteArrayInputStream(image.data.array()));
      for (int i = 0; i < 32 * 24; i++) {
        int rgb = expected.getRGB(i % 32, i / 32);
        // Two JPEG decoders differ in rounding and in how they enlarge chroma.
        int tolerance = codec.equals("png") ? 0 : 40;
        assertThat(colour.get(3 * i) & 0xff).isCloseTo(rgb >> 16 & 0xff, within(tolerance));
        assertThat(colour.get(3 * i + 2) & 0xff).isCloseTo(rgb & 0xff, within(tolerance));
      }
    }
    try (Frame frame = decoder.decode(TestMessages.png(8, 8, 2, 90), null)) {
      assertThat(frame.colour()).as("a grey PNG").isNull();
    }
  }

  /** Grey in colour is rectified as luma is. */
  @Test
  void shouldRectifyColourAsLuma() throws Exception {
    int size = 48;
    byte[] data = new byte[3 * size * size];
    for (int i = 0; i < size * size; i++) {
      Arrays.fill(data, 3 * i, 3 * i + 3, (byte) (i % size * 5));
    }
    decoder.colourDemand(() -> true);
    CameraCalibration camera =
        CameraInfoMessages.calibration(TestMessages.cameraInfo(size, size, -0.2));
    try (FrameRectifier rectifier = new FrameRectifier(camera);
        Frame frame =
            decoder.decode(TestMessages.image("rgb8", size, size, 3 * size, data, 1), rectifier)) {
      int moved = 0;
      for (int i = 0; i < size * size; i++) {
        assertThat(frame.colour().get(3 * i + 1)).isEqualTo(frame.luma().get(i));
        moved += frame.luma().get(i) == data[3 * i] ? 0 : 1;
      }
      assertThat(moved).isGreaterThan(size * size / 2);
    }
  }

  @Test
  void shouldScaleSixteenBitsByTheDeclaredDepth() throws Exception {
    // 4095 is the maximum of 12 bits, 2048 half of it; brighter values are white.
    byte[] data = bytes(0xff, 0x0f, 0x00, 0x08, 0x00, 0x00, 0xff, 0xff);
    assertThat(luma(TestMessages.image("mono16", 4, 1, 8, data, 1)))
        .containsExactly(255, 128, 0, 255);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mono8", "rgb8", "mono16"})
  void shouldSkipThePaddingOfRows(String encoding) throws Exception {
    int pixel = encoding.equals("rgb8") ? 3 : encoding.equals("mono16") ? 2 : 1;
    int step = 3 * pixel + 5;
    byte[] data = new byte[2 * step];
    Arrays.fill(data, (byte) 0xee);
    for (int y = 0; y < 2; y++) {
      Arrays.fill(data, y * step, y * step + 3 * pixel, (byte) 0);
    }
    assertThat(luma(TestMessages.image(encoding, 3, 2, step, data, 1))).containsOnly(0);
  }

  /** A scene of one colour has the luma of that colour with any Bayer pattern. */
  @ParameterizedTest
  @CsvSource({"bayer_rggb8, RGGB", "bayer_bggr8, BGGR", "bayer_gbrg8, GBRG", "bayer_grbg8, GRBG"})
  void shouldReadBayerPatternsAsRosNamesThem(String encoding, String pattern) throws Exception {
    byte[] data = new byte[8 * 8];
    for (int i = 0; i < data.length; i++) {
      char filter = pattern.charAt((i / 8 % 2) * 2 + i % 8 % 2);
      data[i] = (byte) (filter == 'R' ? 200 : filter == 'G' ? 100 : 50);
    }
    int[] luma = luma(TestMessages.image(encoding, 8, 8, 8, data, 1));
    for (int value : luma) {
      assertThat(value).isBetween(123, 125);
    }
    byte[] wide = new byte[2 * data.length];
    for (int i = 0; i < data.length; i++) {
      int value = (data[i] & 0xff) * 4095 / 255;
      wide[2 * i] = (byte) value;
      wide[2 * i + 1] = (byte) (value >> 8);
    }
    for (int value : luma(TestMessages.image(encoding.replace("8", "16"), 8, 8, 16, wide, 1))) {
      assertThat(value).isBetween(122, 126);
    }
  }

  private void assertRefused(InputFault fault, String sentence, Consumer<Image> damage) {
    Image image = TestMessages.mono8(6, 4, 1, 0);
    damage.accept(image);
    assertThatExceptionOfType(BadImageException.class)
        .isThrownBy(() -> decoder.decode(image, null))
        .withMessageContaining(sentence)
        .satisfies(e -> assertThat(e.fault()).isEqualTo(fault));
  }

  @Test
  void shouldRefuseImagesThatContradictThemselves() {
    assertRefused(InputFault.LAYOUT, "step is 5 with width 6", image -> image.step = 5);
    assertRefused(InputFault.LAYOUT, "data has 24 bytes with step 7", image -> image.step = 7);
    assertRefused(
        InputFault.LAYOUT,
        "data has 23 bytes",
        image -> image.data = ByteBuffer.wrap(new byte[23]));
    assertRefused(InputFault.LAYOUT, "data has 24 bytes", image -> image.step = 0xffff_ffffL);
    assertRefused(InputFault.SIZE, "image size is 0 x 4", image -> image.width = 0);
    assertRefused(InputFault.SIZE, "image size is 6 x 0", image -> image.height = 0);
    assertRefused(
        InputFault.SIZE,
        "image size is 65536 x 65536",
        image -> {
          image.width = 1 << 16;
          image.height = 1 << 16;
          image.step = 1 << 16;
        });
    assertRefused(
        InputFault.SIZE,
        "image size is 4294967295 x 4294967295",
        image -> {
          image.width = 0xffff_ffffL;
          image.height = 0xffff_ffffL;
        });
    assertRefused(
        InputFault.SIZE,
        "3 x 8 with bayer_rggb8",
        image -> {
          image.encoding = "bayer_rggb8";
          image.width = 3;
          image.height = 8;
          image.step = 3;
        });
    assertRefused(
        InputFault.ENCODING, "encoding is 'yuv422'; expected", image -> image.encoding = "yuv422");
    assertRefused(
        InputFault.ENCODING,
        "encoding is 'm?no8xxxxx",
        image -> image.encoding = "m\u0007no8" + "x".repeat(100));
  }

  @Test
  void shouldRefuseBigEndianWhereItMatters() throws Exception {
    assertRefused(
        InputFault.BIG_ENDIAN,
        "is_bigendian is 1 with mono16; expected 0",
        image -> {
          image.encoding = "mono16";
          image.width = 3;
          image.isBigendian = 1;
        });
    Image bytes = TestMessages.mono8(6, 4, 1, 0);
    bytes.isBigendian = 1;
    assertThat(luma(bytes)[3]).isEqualTo(3);
  }

  @Test
  void shouldCountAnImageForWhichNoFrameIsFree() throws Exception {
    Frame[] held = new Frame[4];
    for (int i = 0; i < 4; i++) {
      held[i] = decoder.decode(TestMessages.mono8(6, 4, 1, 0), null);
    }
    assertRefused(InputFault.POOL, "no free frame", image -> {});
    for (Frame frame : held) {
      frame.close();
    }
  }

  @Test
  void shouldDecodePngAndJpegToLuma() throws Exception {
    BufferedImage colour = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 16; i++) {
      colour.setRGB(i % 32, i / 32, 0xc86432);
    }
    for (String codec : new String[] {"png", "jpeg"}) {
      CompressedImage image = TestMessages.packed(colour, codec, "rgb8; x compressed bgr8", 1);
      try (Frame frame = decoder.decode(image, null)) {
        assertThat(frame.width()).isEqualTo(32);
        assertThat(frame.height()).isEqualTo(16);
        assertThat(frame.lumaAt(100)).as(codec).isBetween(122, 126);
      }
    }
  }

  @Test
  void shouldDecodeWidePngByTheDeclaredDepth() throws Exception {
    BufferedImage wide = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
    wide.getRaster().setSample(1, 0, 0, 4095);
    wide.getRaster().setSample(2, 0, 0, 2048);
    try (Frame frame =
        decoder.decode(TestMessages.packed(wide, "png", "mono16; png compressed ", 1), null)) {
      assertThat(frame.lumaAt(0)).isZero();
      assertThat(frame.lumaAt(1)).isEqualTo(255);
      assertThat(frame.lumaAt(2)).isEqualTo(128);
    }
  }

  /** OpenCV fills the lost part with grey; a recording is decoded with more care. */
  @Test
  void shouldRefuseADamagedJpegOfARecording() throws Exception {
    BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(3);
    for (int i = 0; i < 64 * 64; i++) {
      noise.getRaster().setSample(i % 64, i / 64, 0, random.nextInt(256));
    }
    CompressedImage image = TestMessages.packed(noise, "jpeg", "mono8; jpeg compressed ", 1);
    byte[] good = image.data.array();
    byte[] lost = new byte[good.length - good.length / 3];
    System.arraycopy(good, 0, lost, 0, good.length / 2);
    int rest = lost.length - good.length / 2;
    System.arraycopy(good, good.length - rest, lost, good.length / 2, rest);

    decoder.checkForDamage();
    decoder.decode(image, null).close();
    image.data = ByteBuffer.wrap(lost);
    assertThatExceptionOfType(BadImageException.class)
        .isThrownBy(() -> decoder.decode(image, null))
        .withMessageContaining("is a damaged JPEG (Corrupt JPEG data")
        .satisfies(e -> assertThat(e.fault()).isEqualTo(InputFault.COMPRESSED));
  }

  @Test
  void shouldRefuseCompressedImagesThatCannotBeDecoded() throws Exception {
    CompressedImage empty = TestMessages.png(8, 8, 1, 5);
    empty.data = ByteBuffer.allocate(0);
    assertUndecodable(empty, "is not a readable image (0 bytes)");
    CompressedImage text = TestMessages.png(8, 8, 1, 5);
    text.data = ByteBuffer.wrap("not an image at all".getBytes());
    assertUndecodable(text, "format 'mono8; png compressed '");
    CompressedImage cut = TestMessages.png(64, 64, 1, 5);
    cut.data = ByteBuffer.wrap(Arrays.copyOf(cut.data.array(), 40));
    assertUndecodable(cut, "cannot be decoded");
    // A header with 65535 x 65535: rejected before memory is allocated.
    CompressedImage huge = TestMessages.png(8, 8, 1, 5);
    byte[] bytes = huge.data.array();
    Arrays.fill(bytes, 16, 24, (byte) 0);
    bytes[18] = (byte) 0xff;
    bytes[19] = (byte) 0xff;
    bytes[22] = (byte) 0xff;
    bytes[23] = (byte) 0xff;
    assertThatExceptionOfType(BadImageException.class)
        .isThrownBy(() -> decoder.decode(huge, null))
        .withMessageContaining("image size is 65535 x 65535")
        .satisfies(e -> assertThat(e.fault()).isEqualTo(InputFault.SIZE));
  }

  private void assertUndecodable(CompressedImage image, String sentence) {
    assertThatExceptionOfType(BadImageException.class)
        .isThrownBy(() -> decoder.decode(image, null))
        .withMessageContaining(sentence)
        .satisfies(e -> assertThat(e.fault()).isEqualTo(InputFault.COMPRESSED));
  }

  @Test
  void shouldRectifyWhatTheCalibrationFitsAndRefuseTheRest() throws Exception {
    try (FrameRectifier rectifier =
        new FrameRectifier(CameraInfoMessages.calibration(TestMessages.cameraInfo(64, 48, -0.2)))) {
      byte[] flat = new byte[64 * 48];
      Arrays.fill(flat, (byte) 90);
      Image image = TestMessages.image("mono8", 64, 48, 64, flat, 1);
      try (Frame frame = decoder.decode(image, rectifier)) {
        assertThat(frame.lumaAt(24 * 64 + 32)).isEqualTo(90);
      }
      byte[] colours = new byte[3 * 64 * 48];
      Arrays.fill(colours, (byte) 90);
      Image colour = TestMessages.image("bgr8", 64, 48, 3 * 64, colours, 1);
      try (Frame frame = decoder.decode(colour, rectifier)) {
        assertThat(frame.lumaAt(24 * 64 + 32)).isEqualTo(90);
      }
      assertThatExceptionOfType(BadImageException.class)
          .isThrownBy(() -> decoder.decode(TestMessages.mono8(6, 4, 1, 0), rectifier))
          .withMessageContaining("size is 6 x 4; expected that of the calibration for 64 x 48")
          .satisfies(e -> assertThat(e.fault()).isEqualTo(InputFault.CALIBRATION));
    }
  }

  /** Any fields give a frame or an exception, and never a leak. */
  @Property(seed = "20261120", tries = 300)
  void shouldSurviveAnyFields(@ForAll long seed) {
    Random random = new Random(seed);
    ImageEncoding[] all = ImageEncoding.values();
    Image image = TestMessages.mono8(1, 1, 1, 0);
    image.encoding = all[random.nextInt(all.length)].key();
    image.width = random.nextInt(20);
    image.height = random.nextInt(20);
    image.step = random.nextBoolean() ? image.width * (1 + random.nextInt(8)) : random.nextInt(200);
    image.isBigendian = random.nextInt(4) == 0 ? 1 : 0;
    int size = random.nextBoolean() ? (int) (image.step * image.height) : random.nextInt(4000);
    image.data = ByteBuffer.wrap(new byte[size]);
    try (Frame frame = decoder.decode(image, null)) {
      assertThat(frame.pixels()).isEqualTo((int) (image.width * image.height));
    } catch (BadImageException e) {
      assertThat(e).hasMessageContaining("expected");
    }
    assertThat(pool.leased()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mono8", "rgb8", "mono16", "bayer_grbg8"})
  void shouldCostNoGarbage(String encoding) throws Exception {
    int pixel = encoding.equals("rgb8") ? 3 : encoding.equals("mono16") ? 2 : 1;
    Image image =
        TestMessages.image(encoding, 320, 240, 320 * pixel, new byte[320 * 240 * pixel], 1);
    try (FrameRectifier rectifier =
        new FrameRectifier(
            CameraInfoMessages.calibration(TestMessages.cameraInfo(320, 240, -0.2)))) {
      for (FrameRectifier each : new FrameRectifier[] {null, rectifier}) {
        decodeMany(image, each);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        decodeMany(image, each);
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(bytes / 200).as("bytes an image").isLessThan(50);
      }
    }
  }

  private void decodeMany(Image image, FrameRectifier rectifier) throws BadImageException {
    for (int i = 0; i < 200; i++) {
      try (Frame frame = decoder.decode(image, rectifier)) {
        frame.seal(i, i, FocusReading.NONE);
      }
    }
  }
}
