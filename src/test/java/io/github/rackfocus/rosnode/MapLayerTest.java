package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import io.github.rackfocus.sink.TestDepthMaps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MapLayerTest {
  private static final int WIDTH = 90;
  private static final int HEIGHT = 8;

  private static Image published(MapLayer plane, DepthMap map) {
    Header header = new Header();
    header.stampNanos = 12_000_000_034L;
    header.frameId = "camera_optical_frame";
    MapImage message = new MapImage(plane, header);
    message.show(map);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) message.serializedSize()).order(ByteOrder.LITTLE_ENDIAN);
    message.write(bytes);
    assertThat(bytes.hasRemaining()).as("the size is stated exactly").isFalse();
    Image read = new Image();
    Image.TYPE.read(bytes.flip(), read);
    return read;
  }

  @ParameterizedTest
  @EnumSource(MapLayer.class)
  void shouldBeAnImageThatOthersRead(MapLayer plane) {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 5, 6)) {
      Image read = published(plane, map);
      assertThat(read.header.stampNanos).isEqualTo(12_000_000_034L);
      assertThat(read.header.frameId).isEqualTo("camera_optical_frame");
      assertThat(read.width).isEqualTo(WIDTH);
      assertThat(read.height).isEqualTo(HEIGHT);
      assertThat(read.encoding).isEqualTo(plane.encoding(map));
      assertThat(read.isBigendian).isZero();
      assertThat(read.step).isEqualTo((long) WIDTH * plane.bytesPerPixel(map));
      assertThat(read.data.remaining()).isEqualTo(WIDTH * HEIGHT * plane.bytesPerPixel(map));
    }
  }

  @Test
  void shouldCarryDepthAndItsSpecialValuesUnchanged() {
    try (DepthMap map = TestDepthMaps.fillByRule(TestDepthMaps.scene(WIDTH, HEIGHT, 5, 6))) {
      ByteBuffer depth = published(MapLayer.DEPTH, map).data.order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer sigma = published(MapLayer.UNCERTAINTY, map).data.order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer age = published(MapLayer.AGE, map).data.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < map.pixels(); i++) {
        Validity validity = Validity.of(i % Validity.count());
        float expected = validity == Validity.VALID ? 0.2f + i / 1000f : validity.specialDepth();
        assertThat(Float.valueOf(depth.getFloat(4 * i))).isEqualTo(Float.valueOf(expected));
        assertThat(Float.valueOf(sigma.getFloat(4 * i)))
            .isEqualTo(Float.valueOf(map.uncertainty().get(i)));
        assertThat(age.getFloat(4 * i)).isEqualTo(map.age().get(i));
      }
    }
  }

  @Test
  void shouldCarryMillimetresCodesAndShares() {
    try (DepthMap map = TestDepthMaps.fillByRule(TestDepthMaps.scene(WIDTH, HEIGHT, 5, 6))) {
      ByteBuffer raw = published(MapLayer.DEPTH_RAW, map).data.order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer codes = published(MapLayer.VALIDITY, map).data;
      ByteBuffer confidence = published(MapLayer.CONFIDENCE, map).data;
      ByteBuffer allFocus = published(MapLayer.ALL_FOCUS, map).data;
      for (int i = 0; i < map.pixels(); i++) {
        boolean valid = i % Validity.count() == 0;
        assertThat(raw.getShort(2 * i) & 0xffff).isEqualTo(valid ? 200 + i : 0);
        assertThat(codes.get(i)).isEqualTo((byte) (i % Validity.count()));
        assertThat(confidence.get(i) & 0xff).isEqualTo(Math.round(255 * map.confidence().get(i)));
        assertThat(allFocus.get(i) & 0xff).isEqualTo(Math.round(255 * map.allFocus().get(i)));
      }
    }
  }

  @Test
  void shouldCarryTheAllInFocusImageInColour() {
    try (DepthMap map = TestDepthMaps.colour(TestDepthMaps.scene(WIDTH, HEIGHT, 5, 6))) {
      Image read = published(MapLayer.ALL_FOCUS, map);
      assertThat(read.encoding).isEqualTo("rgb8");
      assertThat(read.step).isEqualTo(3L * WIDTH);
      for (int i = 0; i < map.pixels(); i++) {
        assertThat(read.data.get(3 * i)).isEqualTo((byte) (7 * i));
        assertThat(read.data.get(3 * i + 1)).isEqualTo((byte) (11 * i));
        assertThat(read.data.get(3 * i + 2)).isEqualTo((byte) (13 * i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0",
    "-Infinity, 0",
    "Infinity, 0",
    "-0.1, 0",
    "0.0004, 0",
    "0.0006, 1",
    "0.08, 80",
    "65.535, 65535",
    "65.536, 0"
  })
  void shouldWriteMillimetresWithZeroForNone(float metres, int expected) {
    assertThat(MapLayer.millimetres(metres)).isEqualTo(expected);
  }
}
