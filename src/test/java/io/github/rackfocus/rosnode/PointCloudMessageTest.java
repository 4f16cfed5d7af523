package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.PointCloud2;
import io.github.rackfocus.ros.msg.sensor_msgs.PointField;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import io.github.rackfocus.sink.TestDepthMaps;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PointCloudMessageTest {
  private static final int WIDTH = 90;
  private static final int HEIGHT = 40;
  private static final double FX = 110;
  private static final double FY = 120;
  private static final double CX = 43.5;
  private static final double CY = 18.25;

  private final Header header = new Header();
  private final CameraInfo camera = new CameraInfo();
  private final DepthMap map = TestDepthMaps.fillByRule(TestDepthMaps.scene(WIDTH, HEIGHT, 5, 6));

  PointCloudMessageTest() {
    header.stampNanos = 12_000_000_034L;
    header.frameId = "camera_optical_frame";
    camera.p[0] = FX;
    camera.p[2] = CX;
    camera.p[5] = FY;
    camera.p[6] = CY;
    camera.p[10] = 1;
    // Points follow from P, not from K.
    camera.k[0] = 5;
  }

  @AfterEach
  void close() {
    map.close();
  }

  private PointCloud2 published(PointsConfig config) {
    PointCloudMessage message = new PointCloudMessage(config, header);
    assertThat(message.contradiction(map.width(), map.height())).isNull();
    message.show(map, camera);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) message.serializedSize()).order(ByteOrder.LITTLE_ENDIAN);
    message.write(bytes);
    assertThat(bytes.hasRemaining()).as("the size is stated exactly").isFalse();
    PointCloud2 read = new PointCloud2();
    PointCloud2.TYPE.read(bytes.flip(), read);
    read.data.order(ByteOrder.LITTLE_ENDIAN);
    return read;
  }

  private static List<String> names(PointCloud2 cloud) {
    return cloud.fields.stream().map(field -> field.name).toList();
  }

  private static float value(PointCloud2 cloud, int point, int field) {
    return cloud.data.getFloat((int) (point * cloud.pointStep + cloud.fields.get(field).offset));
  }

  @Test
  void shouldBeAnOrganisedCloudThatOthersRead() {
    PointCloud2 cloud = published(PointsConfig.DEFAULTS);
    assertThat(cloud.header.stampNanos).isEqualTo(12_000_000_034L);
    assertThat(cloud.header.frameId).isEqualTo("camera_optical_frame");
    assertThat(cloud.width).isEqualTo(WIDTH);
    assertThat(cloud.height).isEqualTo(HEIGHT);
    assertThat(names(cloud)).containsExactly("x", "y", "z", "intensity", "sigma");
    for (int field = 0; field < 5; field++) {
      assertThat(cloud.fields.get(field).offset).isEqualTo(4L * field);
      assertThat(cloud.fields.get(field).datatype).isEqualTo(PointField.FLOAT32);
      assertThat(cloud.fields.get(field).count).isEqualTo(1);
    }
    assertThat(cloud.pointStep).isEqualTo(20);
    assertThat(cloud.rowStep).isEqualTo(20L * WIDTH);
    assertThat(cloud.data.remaining()).isEqualTo(20 * WIDTH * HEIGHT);
    assertThat(cloud.isDense).isFalse();
    assertThat(cloud.isBigendian).isFalse();
  }

  @Test
  void shouldProjectEveryPixelByTheProjectionMatrix() {
    PointCloud2 cloud = published(PointsConfig.DEFAULTS);
    for (int i = 0; i < map.pixels(); i++) {
      if (i % 10 == 0) {
        double z = 0.2 + i / 1000.0;
        assertThat(value(cloud, i, 2)).isEqualTo(map.depth().get(i));
        assertThat((double) value(cloud, i, 0)).isCloseTo((i % WIDTH - CX) * z / FX, within());
        assertThat((double) value(cloud, i, 1)).isCloseTo((i / WIDTH - CY) * z / FY, within());
        assertThat(value(cloud, i, 4)).isEqualTo(map.uncertainty().get(i));
      } else {
        for (int field : new int[] {0, 1, 2, 4}) {
          assertThat(value(cloud, i, field)).isNaN();
        }
      }
      assertThat(value(cloud, i, 3)).isEqualTo(255 * map.allFocus().get(i));
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-6);
  }

  @Test
  void shouldPackColourAsPclDoes() {
    TestDepthMaps.colour(map);
    PointCloud2 cloud = published(PointsConfig.DEFAULTS);
    assertThat(names(cloud)).containsExactly("x", "y", "z", "rgb", "sigma");
    for (int i = 0; i < map.pixels(); i++) {
      int at = 20 * i + 12;
      // Bytes in memory: blue, green, red, and one that is unused.
      assertThat(cloud.data.get(at)).isEqualTo((byte) (13 * i));
      assertThat(cloud.data.get(at + 1)).isEqualTo((byte) (11 * i));
      assertThat(cloud.data.get(at + 2)).isEqualTo((byte) (7 * i));
      assertThat(cloud.data.get(at + 3)).isZero();
    }
  }

  @Test
  void shouldTakeEveryNthPixelOfTheRegion() {
    PointsConfig config =
        PointsConfig.DEFAULTS.withStride(3).withX(11).withY(6).withWidth(40).withHeight(10);
    PointCloud2 cloud = published(config);
    assertThat(cloud.width).isEqualTo(14);
    assertThat(cloud.height).isEqualTo(4);
    int valid = 0;
    for (int i = 0; i < 14 * 4; i++) {
      int u = 11 + 3 * (i % 14);
      int v = 6 + 3 * (i / 14);
      int pixel = v * WIDTH + u;
      boolean expected = pixel % 10 == 0;
      assertThat(Float.isNaN(value(cloud, i, 2))).isEqualTo(!expected);
      if (expected) {
        valid++;
        assertThat(value(cloud, i, 2)).isEqualTo(map.depth().get(pixel));
        assertThat((double) value(cloud, i, 0))
            .isCloseTo((u - CX) * map.depth().get(pixel) / FX, within());
      }
    }
    assertThat(valid).isPositive();
    PointCloud2 rest = published(PointsConfig.DEFAULTS.withX(80).withY(39).withStride(4));
    assertThat(rest.width).as("80, 84, 88").isEqualTo(3);
    assertThat(rest.height).isEqualTo(1);
  }

  @Test
  void shouldLeaveOutWhatIsOutOfRange() {
    PointCloud2 cloud = published(PointsConfig.DEFAULTS.withMinRange(1).withMaxRange(2));
    int kept = 0;
    for (int i = 0; i < map.pixels(); i += 10) {
      float z = map.depth().get(i);
      boolean expected = z >= 1 && z <= 2;
      assertThat(Float.isNaN(value(cloud, i, 0))).isEqualTo(!expected);
      assertThat(Float.isNaN(value(cloud, i, 4))).isEqualTo(!expected);
      kept += expected ? 1 : 0;
    }
    assertThat(kept).isBetween(50, 300);
  }

  @Test
  void shouldSayWhyTheRegionDoesNotFit() {
    PointCloudMessage wide =
        new PointCloudMessage(PointsConfig.DEFAULTS.withX(60).withWidth(31), header);
    assertThat(wide.contradiction(WIDTH, HEIGHT))
        .isEqualTo("points.x + points.width is 91; expected at most 90, the width of the images");
    assertThat(wide.contradiction(WIDTH + 1, HEIGHT)).isNull();
    PointCloudMessage low = new PointCloudMessage(PointsConfig.DEFAULTS.withY(40), header);
    assertThat(low.contradiction(WIDTH, HEIGHT))
        .isEqualTo("points.y is 40; expected less than 40, the height of the images");
  }

  @Test
  void shouldAllocateNothingPerMap() {
    TestDepthMaps.colour(map);
    PointCloudMessage message = new PointCloudMessage(PointsConfig.DEFAULTS, header);
    message.show(map, camera);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) message.serializedSize()).order(ByteOrder.LITTLE_ENDIAN);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < 400; i++) {
      before = i == 200 ? threads.getCurrentThreadAllocatedBytes() : before;
      message.show(map, camera);
      message.serializedSize();
      message.write(bytes.clear());
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 200;
    assertThat(each).as("bytes a map").isLessThan(8);
  }
}
