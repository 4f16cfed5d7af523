package io.github.rackfocus.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.sink.DepthEncoding16;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.ObstacleGrid;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ObstacleGridCodecTest {
  private static final long STAMP = 1_763_640_000_123_456_789L;
  private static final CameraIdentity CAMERA =
      new CameraIdentity(
          "r2",
          "front",
          new CameraView(
              "front_optical_frame",
              new CameraView.PinholeIntrinsics(640, 480, 600, 600, 319.5, 239.5),
              "cd".repeat(32)),
          new CameraIdentity.FixedPose("base_link", 1, 2, 3, 0, 0, 0, 1));

  private record Pixel(float depth, float sigma) {}

  /** Against the definition in the schema, by lists. */
  @Property(tries = 60, seed = "20261120")
  void shouldHoldTheNearestAndTheMedianMeasurementOfEveryCell(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 1, max = 6) int columns,
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll long seed) {
    try (DepthMap map = random(width, height, seed)) {
      ObstacleGrid grid = new ObstacleGridCodec(CAMERA, columns, rows).encode(map);
      DepthEncoding16 encoding = new DepthEncoding16(grid.getUnitM());
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int number = row * columns + column;
          List<Pixel> cell = new ArrayList<>();
          int pixels = 0;
          for (int y = row * height / rows; y < (row + 1) * height / rows; y++) {
            for (int x = column * width / columns; x < (column + 1) * width / columns; x++) {
              int i = y * width + x;
              pixels++;
              if (List.of(0, 3, 4).contains((int) map.validity().get(i))) {
                cell.add(new Pixel(map.depth().get(i), map.uncertainty().get(i)));
              }
            }
          }
          // Pixels of equal depth differ in sigma only; the codec's order is any of them.
          Collections.sort(cell, (a, b) -> Float.compare(a.depth(), b.depth()));
          int n = cell.size();
          assertThat(at(grid.getNearest(), number))
              .isEqualTo(n == 0 ? 0 : encoding.encode(cell.get((n + 99) / 100 - 1).depth()));
          assertThat(at(grid.getMedian(), number))
              .isEqualTo(n == 0 ? 0 : encoding.encode(cell.get((n - 1) / 2).depth()));
          assertThat(grid.getMeasured().byteAt(number) & 0xff)
              .isEqualTo((int) (pixels == 0 ? 0 : Math.round(255.0 * n / pixels)));
        }
      }
    }
  }

  @Example
  void shouldTellTheUncertaintyOfWhatItTells() {
    try (DepthMap map = TestDepthMaps.scene(40, 20, STAMP, 3)) {
      for (int i = 0; i < map.pixels(); i++) {
        map.validity().put(i, Validity.VALID.code());
        map.depth().put(i, 1 + i / 1000f);
        map.uncertainty().put(i, 0.01f + i / 10_000f);
      }
      ObstacleGrid grid = new ObstacleGridCodec(CAMERA, 1, 1).encode(map);
      assertThat(at(grid.getNearest(), 0) * grid.getUnitM()).isBetween(1.0069, 1.0071);
      assertThat(at(grid.getNearestUncertainty(), 0) * grid.getUncertaintyUnitM())
          .isBetween(0.0106, 0.0108);
      assertThat(at(grid.getMedianUncertainty(), 0) * grid.getUncertaintyUnitM())
          .isBetween(0.0498, 0.05);
      assertThat(grid.getMeasured().byteAt(0)).isEqualTo((byte) 255);
    }
  }

  @Example
  void shouldStayBelowEightKilobytesAndNameItsMap() {
    try (DepthMap map = random(640, 480, 7)) {
      ObstacleGrid grid =
          new ObstacleGridCodec(
                  CAMERA, ObstacleGridCodec.DEFAULT_COLUMNS, ObstacleGridCodec.DEFAULT_ROWS)
              .encode(map);
      assertThat(grid.toByteArray().length).isLessThan(8000);
      assertThat(grid.getStampNs()).isEqualTo(STAMP);
      assertThat(grid.getSequence()).isEqualTo(3);
      assertThat(grid.getIntrinsics().getFx()).isEqualTo(600);
      assertThat(grid.getPose().getZM()).isEqualTo(3);
      assertThat(grid.getModelName()).isEqualTo("test");
      assertThat(grid.getNearestDepthM()).isEqualTo(0.2);
    }
  }

  @Example
  void shouldRefuseAGridThatIsTooFine() {
    assertThatThrownBy(() -> new ObstacleGridCodec(CAMERA, 40, 20))
        .hasMessage("obstacle grid is 40 x 20; expected at most 768 cells");
  }

  private static int at(ByteString codes, int number) {
    return codes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getShort(2 * number)
        & 0xffff;
  }

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
}
