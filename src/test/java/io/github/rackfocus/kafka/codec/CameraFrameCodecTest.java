package io.github.rackfocus.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.kafka.codec.RejectedFrameException.Cause;
import io.github.rackfocus.v1.CameraFrame;
import io.github.rackfocus.v1.ImageEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class CameraFrameCodecTest {
  private static final int MOST = 1 << 16;
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final double[] PLANES = {1, 2.5, 4};
  private static final CameraIdentity CAMERA =
      new CameraIdentity(
          "r2",
          "front",
          new CameraView(
              "front_optical_frame",
              new CameraView.PinholeIntrinsics(40, 30, 100, 101, 19.5, 14.5),
              "cd".repeat(32)),
          new CameraIdentity.FixedPose("base_link", 1, 2, 3, 0, 0, 0, 1));

  private static final FocusReading OLD_READING = new FocusReading(2.25, -1.5, true, 31.5f, -1);

  private final FramePool pool = new FramePool(2);

  private Frame noise(int width, int height, long seed, FocusReading reading) {
    Random random = new Random(seed);
    return TestFrames.of(pool, width, height, (x, y) -> random.nextInt(256), STAMP, reading);
  }

  private static CameraFrameCodec codec(ImagePacking packing) {
    return new CameraFrameCodec(FocusScale.DIOPTRE, PLANES, 0.02, packing);
  }

  @Property(tries = 60, seed = "20261120")
  void shouldGiveBackEveryPixelAndTheReading(
      @ForAll ImagePacking packing,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll long seed,
      @ForAll @DoubleRange(min = -10, max = 10) double power,
      @ForAll boolean settled,
      @ForAll @IntRange(min = -1, max = 1) int direction)
      throws IOException {
    FocusReading reading = new FocusReading(2.25, power, settled, Float.NaN, direction);
    try (Frame sent = noise(width, height, seed, reading)) {
      byte[] bytes = codec(packing).encode(sent, CAMERA).toByteArray();
      ReceivedFrame received = CameraFrameCodec.parse(bytes, MOST);
      assertThat(received.identity()).isEqualTo(CAMERA);
      assertThat(received.scale()).isEqualTo(FocusScale.DIOPTRE);
      assertThat(received.planeFocus()).isEqualTo(PLANES);
      assertThat(received.depthOffsetMetres()).isEqualTo(0.02);
      try (Frame back = Objects.requireNonNull(pool.tryLease(width, height, false))) {
        received.unpackInto(back, 1);
        assertThat(back.stampNanos()).isEqualTo(STAMP);
        assertThat(back.sequence()).isEqualTo(sent.sequence());
        assertThat(back.focus()).isEqualTo(reading);
        assertThat(back.luma().mismatch(sent.luma())).isEqualTo(-1);
      }
    }
  }

  @Property(tries = 300, seed = "20261120")
  void shouldRefuseWhatIsCutOffOrNoise(
      @ForAll ImagePacking packing, @ForAll long seed, @ForAll boolean cut) {
    byte[] bytes;
    try (Frame frame = noise(24, 16, seed, FocusReading.at(2))) {
      bytes = codec(packing).encode(frame, CAMERA).toByteArray();
    }
    Random random = new Random(seed);
    byte[] broken = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    if (!cut) {
      random.nextBytes(broken);
    }
    // What is cut off at a field's end parses; then its pixels or its reading are missing.
    assertThatThrownBy(
            () -> {
              try (Frame into = Objects.requireNonNull(pool.tryLease(24, 16, false))) {
                CameraFrameCodec.parse(broken, MOST).unpackInto(into, 1);
              }
            })
        .isInstanceOf(RejectedFrameException.class);
    assertThat(pool.leased()).isZero();
  }

  @Example
  void shouldSayWhatIsWrong() throws IOException {
    assertRejected(frame -> frame.setWidth(-1), Cause.MALFORMED, "image is 4294967295 x 16;");
    assertRejected(frame -> frame.setHeight(0), Cause.MALFORMED, "image is 24 x 0;");
    assertRejected(
        frame -> frame.setWidth(1 << 20),
        Cause.OVERSIZE,
        "image is 1048576 x 16; expected at most 65536 pixels");
    assertRejected(
        CameraFrame.Builder::clearPlaneFocus, Cause.MALFORMED, "planes of the sweep are missing");
    assertRejected(CameraFrame.Builder::clearLens, Cause.MALFORMED, "focus reading is missing");
    assertRejected(
        frame -> frame.getLensBuilder().setFocus(Double.NaN), Cause.MALFORMED, "focus reading");
    assertRejected(frame -> frame.setScaleValue(9), Cause.MALFORMED, "focus scale is unknown");
    assertRejected(frame -> frame.setCamera("a/b"), Cause.MALFORMED, "camera name is 'a/b'");
    assertRejected(frame -> frame.setEncodingValue(7), Cause.MALFORMED, "encoding is 7");
    assertRejected(
        frame -> frame.setEncoding(ImageEncoding.IMAGE_ENCODING_ZSTD8),
        Cause.MALFORMED,
        "Zstandard: ");
    assertRejected(frame -> frame.setHeight(15), Cause.MALFORMED, "expected 24 x 15 with 8 bits");
    assertRejected(frame -> frame.setLuma(ByteString.EMPTY), Cause.MALFORMED, "not a PNG");
  }

  private void assertRejected(Consumer<CameraFrame.Builder> change, Cause cause, String expected)
      throws IOException {
    CameraFrame.Builder message;
    try (Frame frame = noise(24, 16, 1, FocusReading.at(2))) {
      message = codec(ImagePacking.PNG).encode(frame, CAMERA).toBuilder();
    }
    change.accept(message);
    byte[] bytes = message.build().toByteArray();
    RejectedFrameException refused =
        catchThrowableOfType(
            RejectedFrameException.class,
            () -> {
              ReceivedFrame parsed = CameraFrameCodec.parse(bytes, MOST);
              try (Frame into =
                  Objects.requireNonNull(pool.tryLease(parsed.width(), parsed.height(), false))) {
                parsed.unpackInto(into, 1);
              }
            });
    assertThat(refused).hasMessageContaining(expected);
    assertThat(refused.reason()).isEqualTo(cause);
  }

  @Example
  void shouldRefuseMoreZstandardThanItsSizeTells() throws IOException {
    CameraFrame small;
    CameraFrame large;
    CameraFrameCodec zstd = codec(ImagePacking.ZSTD);
    try (Frame frame = TestFrames.flat(pool, 8, 8, 3, STAMP, 2)) {
      small = zstd.encode(frame, CAMERA);
    }
    try (Frame frame = TestFrames.flat(pool, 200, 200, 3, STAMP, 2)) {
      large = zstd.encode(frame, CAMERA);
    }
    byte[] bomb = small.toBuilder().setLuma(large.getLuma()).build().toByteArray();
    try (Frame into = Objects.requireNonNull(pool.tryLease(8, 8, false))) {
      assertThatThrownBy(() -> CameraFrameCodec.parse(bomb, MOST).unpackInto(into, 1))
          .isInstanceOf(RejectedFrameException.class)
          .hasMessageContaining("Zstandard: ");
    }
  }

  @Example
  void shouldReadTheFirstSchemasBytes() throws IOException {
    byte[] bytes;
    try (InputStream in = getClass().getResourceAsStream("/rackfocus/v1/camera_frame-1.bin")) {
      bytes = Objects.requireNonNull(in, "camera_frame-1.bin is not there").readAllBytes();
    }
    assertThat(CameraFrame.parseFrom(bytes).getUnknownFields().asMap()).isEmpty();
    ReceivedFrame old = CameraFrameCodec.parse(bytes, MOST);
    assertThat(old.identity()).isEqualTo(CAMERA);
    assertThat(old.stampNanos()).isEqualTo(STAMP);
    assertThat(old.sequence()).isEqualTo(STAMP / 1000);
    assertThat(old.reading()).isEqualTo(OLD_READING);
    assertThat(old.planeFocus()).isEqualTo(PLANES);
    assertThat(old.depthOffsetMetres()).isEqualTo(0.02);
    try (Frame back = Objects.requireNonNull(pool.tryLease(24, 16, false))) {
      old.unpackInto(back, 1);
      ByteBuffer luma = back.luma();
      for (int i = 0; i < back.pixels(); i++) {
        assertThat(luma.get(i) & 0xff).isEqualTo(oldLuma(i % 24, i / 24));
      }
    }
  }

  /** The rule by which the old file's pixels were made. */
  private static int oldLuma(int x, int y) {
    return (7 * x + 31 * y) % 256;
  }

  /** Writes the bytes of the present schema; run by hand, once, when a schema is released. */
  public static void main(String[] arguments) throws IOException {
    FramePool pool = new FramePool(1);
    try (Frame frame =
        TestFrames.of(pool, 24, 16, CameraFrameCodecTest::oldLuma, STAMP, OLD_READING)) {
      Files.write(
          Path.of(arguments[0]), codec(ImagePacking.PNG).encode(frame, CAMERA).toByteArray());
    }
  }
}
