package io.github.rackfocus.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.DepthFrame;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DepthFrameCodecTest {
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");

  @Property(tries = 100, seed = "20261120")
  void shouldKeepNumbersWithinHalfAUnitAndAllElseAsItWas(
      @ForAll DepthPacking packing,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll long seed)
      throws IOException {
    try (DepthMap map = random(width, height, seed)) {
      DepthFrame frame = new DepthFrameCodec(CAMERA, packing, true, true).encode(map);
      DepthPixels pixels = DepthFrameCodec.decode(frame.toByteArray());
      float[] age = Objects.requireNonNull(pixels.age());
      assertThat(pixels.width()).isEqualTo(width);
      assertThat(pixels.height()).isEqualTo(height);
      for (int i = 0; i < map.pixels(); i++) {
        assertThat(pixels.validity()[i]).isEqualTo(map.validity().get(i));
        assertThat(Math.abs(age[i] - map.age().get(i))).isLessThanOrEqualTo(0.000501f);
        assertClose(pixels.depth()[i], map.depth().get(i), frame.getUnitM());
        assertClose(pixels.uncertainty()[i], map.uncertainty().get(i), frame.getUncertaintyUnitM());
      }
    }
  }

  @Property(tries = 20, seed = "20261120")
  void shouldGiveEqualBytesForEqualMaps(@ForAll DepthPacking packing, @ForAll long seed) {
    DepthFrameCodec codec = new DepthFrameCodec(CAMERA, packing, true, true);
    try (DepthMap one = random(30, 20, seed);
        DepthMap other = random(30, 20, seed)) {
      assertThat(codec.encode(one).toByteArray()).isEqualTo(codec.encode(other).toByteArray());
    }
  }

  @Example
  void shouldDescribeTheMap() {
    CameraIdentity calibrated =
        new CameraIdentity(
            "r2",
            "front",
            new CameraView(
                "front_optical_frame",
                new CameraView.PinholeIntrinsics(160, 64, 200.5, 201.5, 79.5, 31.5),
                "cd".repeat(32)),
            new CameraIdentity.FixedPose("base_link", 1, 2, 3, 0, 0, 0, 1));
    try (DepthMap map = TestDepthMaps.scene(160, 64, STAMP, 12)) {
      DepthFrame frame =
          new DepthFrameCodec(calibrated, DepthPacking.PNG16, false, true).encode(map);
      assertThat(frame.getRobot()).isEqualTo("r2");
      assertThat(frame.getCamera()).isEqualTo("front");
      assertThat(frame.getFrameId()).isEqualTo("front_optical_frame");
      assertThat(frame.getStampNs()).isEqualTo(STAMP);
      assertThat(frame.getNewestStampNs()).isEqualTo(STAMP);
      assertThat(frame.getOldestStampNs()).isEqualTo(map.info().oldestStampNanos());
      assertThat(frame.getSequence()).isEqualTo(12);
      assertThat(frame.getIntrinsics().getFy()).isEqualTo(201.5);
      assertThat(frame.getPose().getParentFrameId()).isEqualTo("base_link");
      assertThat(frame.getPose().getQw()).isEqualTo(1);
      assertThat(frame.getSweep().getPlaneFocusList()).hasSize(10).contains(0.5, 5.0);
      assertThat(frame.getSweep().getPlaneStampNs(9)).isEqualTo(STAMP);
      assertThat(frame.getSweep().getPlanesMissing()).isEqualTo(1);
      assertThat(frame.getSweep().getReferencePlane()).isEqualTo(9);
      assertThat(frame.getSweep().getNearestDepthM()).isEqualTo(0.2);
      assertThat(frame.getSweep().getFarthestDepthM()).isEqualTo(2);
      assertThat(frame.getModel().getSha256()).isEqualTo("ab".repeat(32));
      assertThat(frame.getIterations()).isEqualTo(3);
      assertThat(frame.getExecutionProvider()).isEqualTo("CPU");
      assertThat(frame.getFilter()).isEqualTo("off");
      assertThat(frame.getCalibrationSha256()).isEqualTo("cd".repeat(32));
      assertThat(frame.getValidityCountsList().stream().mapToInt(n -> n).sum()).isEqualTo(160 * 64);
      assertThat(frame.getYoungestAgeS()).isLessThan(frame.getOldestAgeS());
      assertThat(frame.getUncertainty().isEmpty()).isTrue();
    }
  }

  @Example
  void shouldLeaveOutWhatIsNotKnown() throws IOException {
    try (DepthMap map = TestDepthMaps.scene(160, 64, STAMP, 12)) {
      for (int i = 0; i < map.pixels(); i++) {
        map.validity().put(i, Validity.NO_TEXTURE.code());
      }
      DepthFrame frame = new DepthFrameCodec(CAMERA, DepthPacking.PNG16, false, true).encode(map);
      assertThat(frame.hasIntrinsics()).isFalse();
      assertThat(frame.hasPose()).isFalse();
      assertThat(frame.hasYoungestAgeS()).isFalse();
      assertThat(frame.hasOldestAgeS()).isFalse();
      assertThat(DepthFrameCodec.decode(frame).uncertainty()).isNull();
    }
  }

  @Example
  void shouldCountIndexUnitsWhereDepthIsNotMetric() {
    double[] index = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 0};
    try (DepthMap map =
        TestDepthMaps.scene(
            new DepthMapPool(1), 160, 64, STAMP, 1, FocusScale.INDEX_NEAR_FIRST, index)) {
      DepthFrame frame = new DepthFrameCodec(CAMERA, DepthPacking.PNG16, false, true).encode(map);
      assertThat(frame.getUnitM()).isEqualTo(0.001);
      assertThat(frame.getSweep().getScale())
          .isEqualTo(io.github.rackfocus.v1.FocusScale.FOCUS_SCALE_INDEX_NEAR_FIRST);
      assertThat(frame.getSweep().getFarthestDepthM()).isEqualTo(9);
    }
  }

  @Example
  void shouldStayBelowHalfAMegabyteWithDepthAsNoisyAsASensors() {
    try (DepthMap map = noisy(640, 480)) {
      DepthFrame frame = new DepthFrameCodec(CAMERA, DepthPacking.PNG16, true, true).encode(map);
      assertThat(frame.getDepth().size()).isLessThan(512_000);
      assertThat(frame.getSerializedSize()).isLessThan((1 << 20) - 1024);
    }
  }

  @Example
  void shouldCostTheGarbageOfItsBytesAndLittleMore() {
    DepthFrameCodec codec = new DepthFrameCodec(CAMERA, DepthPacking.PNG16, true, true);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    try (DepthMap map = noisy(320, 240)) {
      long bytes = 0;
      for (int i = 0; i < 20; i++) {
        bytes = codec.encode(map).toByteArray().length;
      }
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 0; i < 50; i++) {
        bytes = codec.encode(map).toByteArray().length;
      }
      long each = (threads.getThreadAllocatedBytes(self) - before) / 50;
      assertThat(each).isBetween(bytes, bytes + (32 << 10));
    }
  }

  @Example
  void shouldSayWhatIsWrongWithAFrame() {
    try (DepthMap map = TestDepthMaps.scene(80, 32, STAMP, 12)) {
      DepthFrame png = new DepthFrameCodec(CAMERA, DepthPacking.PNG16, false, false).encode(map);
      DepthFrame raw = new DepthFrameCodec(CAMERA, DepthPacking.RAW16, false, true).encode(map);
      String name = "depth frame r2/front 1763640000123456789-12: ";
      assertWrong(
          png.toBuilder().setWidth(81).build(),
          name + "PNG is 80 x 32 with 16 bits and colour type 0; expected 81 x 32 with 16 bits");
      assertWrong(png.toBuilder().setWidth(-1).build(), name + "image size is -1 x 32");
      assertWrong(
          png.toBuilder().setWidth(100_000).setHeight(100_000).build(),
          name + "image size is 100000 x 100000");
      assertWrong(png.toBuilder().setUnitM(0).build(), name + "unit of 16-bit depth is 0.0");
      assertWrong(
          png.toBuilder().setEncodingValue(77).build(),
          name + "encoding is 77; expected PNG16 (1) or RAW16 (2)");
      assertWrong(
          png.toBuilder().setDepth(ByteString.EMPTY).build(),
          name + "image of 0 bytes is not a PNG");
      assertWrong(
          png.toBuilder().setDepth(png.getDepth().substring(0, png.getDepth().size() / 2)).build(),
          "damaged");
      assertWrong(png.toBuilder().setDepth(png.getDepth().substring(0, 30)).build(), "damaged");
      assertWrong(
          png.toBuilder().setValidity(png.getDepth()).build(),
          name + "PNG is 80 x 32 with 16 bits");
      assertWrong(
          raw.toBuilder().setDepth(raw.getDepth().substring(2)).build(),
          name + "raw codes have 5118 bytes; expected 5120");
    }
  }

  @Example
  void shouldSayThatBytesAreNoFrame() {
    assertThatThrownBy(() -> DepthFrameCodec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(IOException.class);
  }

  private static void assertWrong(DepthFrame frame, String message) {
    assertThatThrownBy(() -> DepthFrameCodec.decode(frame))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  private static void assertClose(float found, float expected, double unit) {
    if (Float.isFinite(expected)) {
      assertThat((double) Math.abs(found - expected))
          .isLessThanOrEqualTo(unit / 2 + Math.ulp(expected));
    } else {
      assertThat((Float) found).isEqualTo((Float) expected);
    }
  }

  /** Depth, uncertainty and validity at random, within what 16 bits hold. */
  private static DepthMap random(int width, int height, long seed) {
    Random random = new Random(seed);
    DepthMap map = TestDepthMaps.scene(width, height, STAMP, 3);
    for (int i = 0; i < map.pixels(); i++) {
      Validity validity = Validity.of(random.nextInt(Validity.count()));
      boolean valid = validity == Validity.VALID;
      map.validity().put(i, validity.code());
      map.depth().put(i, valid ? 0.2f + 1.8f * random.nextFloat() : validity.specialDepth());
      map.uncertainty().put(i, valid ? 0.0002f + random.nextFloat() : Float.NaN);
    }
    return map;
  }

  /** A slanted floor of 0.3 m to 1.9 m, a sigma of 0.3 % of depth squared, holes of no texture. */
  private static DepthMap noisy(int width, int height) {
    Random random = new Random(1);
    DepthMap map = TestDepthMaps.scene(width, height, STAMP, 3);
    for (int i = 0; i < map.pixels(); i++) {
      float depth = 0.3f + 1.6f * (i / width) / height;
      float sigma = 0.003f * depth * depth;
      boolean hole = (i % width / 40 + i / width / 40) % 5 == 0;
      map.validity().put(i, hole ? Validity.NO_TEXTURE.code() : Validity.VALID.code());
      map.depth().put(i, hole ? Float.NaN : depth + sigma * (float) random.nextGaussian());
      map.uncertainty()
          .put(i, hole ? Float.NaN : sigma * (1 + 0.2f * (float) random.nextGaussian()));
    }
    return map;
  }
}
