package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.sensor_msgs.PointCloud2;
import io.github.rackfocus.sink.TestDepthMaps;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RosDepthSinkTest {
  private static final int WIDTH = 100;
  private static final int HEIGHT = 64;
  private static final List<String> IMAGES =
      List.of(
          "depth/image_rect",
          "depth/image_rect_raw",
          "uncertainty/image_rect",
          "confidence/image_rect",
          "validity/image_rect",
          "age/image_rect",
          "allfocus/image_rect");

  private RosTestBench ros;
  private ConnectedNode node;
  private RosDepthSink sink;
  private final Map<String, String> received = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws Exception {
    ros = new RosTestBench();
    node = ros.connect("rackfocus", "__ns:=/arm");
    sink =
        new RosDepthSink(
            node,
            new PinholeCameraInfo("wrist_optical", 1.2),
            info -> 12,
            5,
            System::nanoTime,
            PointsConfig.DEFAULTS);
  }

  @AfterEach
  void stop() {
    ros.close();
  }

  private void publishUntil(int topics) {
    await()
        .until(() -> {
          try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41)) {
            sink.accept(map);
          }
          return received.size() == topics;
        });
  }

  @Test
  void shouldWantMapsOnlyWhileSomebodyReceivesAny() throws Exception {
    assertThat(sink.wantsMaps()).isFalse();
    ConnectedNode other = ros.connect("other");
    var subscriber = other.newSubscriber("/arm/validity/image_rect", Image.TYPE);
    await().until(sink::wantsMaps);
    subscriber.close();
    await().until(() -> !sink.wantsMaps());
  }

  @Test
  void shouldPublishEveryTopicWithOneStampAndFrame() throws Exception {
    ConnectedNode other = ros.connect("other", "__ns:=/arm");
    for (String topic : IMAGES) {
      other
          .newSubscriber(topic, Image.TYPE)
          .addMessageListener(
              image -> received.put(topic, image.header.stampNanos + " " + image.header.frameId));
    }
    other
        .newSubscriber("depth/image_rect/compressedDepth", CompressedImage.TYPE)
        .addMessageListener(image ->
            received.put("compressed", image.header.stampNanos + " " + image.header.frameId));
    other
        .newSubscriber("depth/camera_info", CameraInfo.TYPE)
        .addMessageListener(info -> {
          assertThat(info.p[0]).isEqualTo(1.2 * WIDTH);
          assertThat(info.k[2]).isEqualTo((WIDTH - 1) / 2.0);
          received.put("camera_info", info.header.stampNanos + " " + info.header.frameId);
        });
    other
        .newSubscriber("depth/info", DepthInfo.TYPE)
        .addMessageListener(
            info -> received.put("info", info.header.stampNanos + " " + info.header.frameId));
    publishUntil(IMAGES.size() + 3);
    assertThat(received.values()).containsOnly("7000000014 wrist_optical");
  }

  @Test
  void shouldPublishPointsOnlyToSubscribersAndInColourWhereThereIsColour() throws Exception {
    assertThat(sink.wantsColour()).isFalse();
    ConnectedNode other = ros.connect("other", "__ns:=/arm");
    var subscriber = other.newSubscriber("depth/points", PointCloud2.TYPE);
    subscriber.addMessageListener(cloud ->
        received.put(
            cloud.fields.get(3).name,
            cloud.header.stampNanos + " " + cloud.header.frameId + " " + cloud.width));
    await().until(() -> sink.wantsMaps() && sink.wantsColour());
    publishUntil(1);
    await()
        .until(() -> {
          try (DepthMap map =
              TestDepthMaps.colour(TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41))) {
            sink.accept(map);
          }
          return received.size() == 2;
        });
    assertThat(received.keySet()).containsExactlyInAnyOrder("intensity", "rgb");
    assertThat(received.values()).containsOnly("7000000014 wrist_optical " + WIDTH);
    subscriber.close();
    await().until(() -> !sink.wantsMaps() && !sink.wantsColour());
  }

  @Test
  void shouldNotPublishGreyWhileColourIsAwaited() throws Exception {
    ConnectedNode other = ros.connect("other", "__ns:=/arm");
    other
        .newSubscriber("depth/points", PointCloud2.TYPE)
        .addMessageListener(cloud -> received.put("points", cloud.fields.get(3).name));
    other
        .newSubscriber("allfocus/image_rect", Image.TYPE)
        .addMessageListener(image -> received.put("allfocus", image.encoding));
    other
        .newSubscriber("confidence/image_rect", Image.TYPE)
        .addMessageListener(image -> received.put("confidence", image.encoding));
    await().until(sink::wantsColour);
    await()
        .until(() -> {
          try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41)) {
            map.removeColour(true);
            sink.accept(map);
          }
          return received.containsKey("confidence");
        });
    assertThat(received.keySet()).containsExactly("confidence");
    await()
        .until(() -> {
          try (DepthMap map =
              TestDepthMaps.colour(TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41))) {
            sink.accept(map);
          }
          return received.size() == 3;
        });
    assertThat(received).containsEntry("allfocus", "rgb8").containsEntry("points", "rgb");
  }

  @Test
  void shouldWantColourForTheAllInFocusImage() throws Exception {
    ConnectedNode other = ros.connect("other", "__ns:=/arm");
    other.newSubscriber("depth/image_rect", Image.TYPE);
    await().until(sink::wantsMaps);
    assertThat(sink.wantsColour()).isFalse();
    other.newSubscriber("allfocus/image_rect", Image.TYPE);
    await().until(sink::wantsColour);
  }

  @Test
  void shouldHaveNoPointsUnlessEnabledNorWithoutACamera() throws Exception {
    ConnectedNode plain = ros.connect("plain", "__ns:=/leg");
    RosDepthSink without =
        new RosDepthSink(
            plain,
            new UnknownCameraInfo("leg_optical"),
            info -> 12,
            5,
            System::nanoTime,
            PointsConfig.DEFAULTS.withEnabled(false));
    ConnectedNode third = ros.connect("third", "__ns:=/wing");
    RosDepthSink unknown =
        new RosDepthSink(
            third,
            new UnknownCameraInfo("wing_optical"),
            info -> 12,
            5,
            System::nanoTime,
            PointsConfig.DEFAULTS);
    ConnectedNode other = ros.connect("other");
    for (String topic : List.of("/leg/depth/points", "/wing/depth/points")) {
      other
          .newSubscriber(topic, PointCloud2.TYPE)
          .addMessageListener(cloud -> received.put(topic, "came"));
    }
    other
        .newSubscriber("/wing/depth/info", DepthInfo.TYPE)
        .addMessageListener(info -> received.put("info", "came"));
    await().until(unknown::wantsColour);
    await()
        .until(() -> {
          try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41)) {
            unknown.accept(map);
          }
          return received.containsKey("info");
        });
    assertThat(received.keySet()).containsExactly("info");
    assertThat(without.wantsMaps()).isFalse();
    assertThat(without.wantsColour()).isFalse();
  }

  @Test
  void shouldSayHowAMapCameAbout() {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 7_000_000_009L, 41)) {
      DepthInfo info =
          new DepthInfoMessage(new io.github.rackfocus.ros.msg.std_msgs.Header())
              .of(map.info(), 12, "ab", 2_000_000);
      assertThat(info.sequence).isEqualTo(41);
      assertThat(info.sweepId).isEqualTo(12);
      assertThat(info.newestStampNanos).isEqualTo(7_000_000_009L);
      assertThat(info.oldestStampNanos).isLessThan(info.newestStampNanos);
      assertThat(info.planeFocusDioptres)
          .containsExactly(0.5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 4.5f, 5);
      assertThat(info.planeStampsNanos).hasSize(10).isSorted();
      assertThat(info.depthMinM).isEqualTo(0.2f);
      assertThat(info.depthMaxM).isEqualTo(2f);
      assertThat(info.iterations).isEqualTo(3);
      assertThat(info.validityCounts).hasSize(Validity.count());
      assertThat(java.util.Arrays.stream(info.validityCounts).sum()).isEqualTo(map.pixels());
      assertThat(info.model).isEqualTo("test");
      assertThat(info.modelSha256).isEqualTo("ab".repeat(32));
      assertThat(info.calibrationSha256).isEqualTo("ab");
      assertThat(info.stageNames)
          .containsExactly("receive", "decode", "frame", "wait", "stack", "finish", "publish");
      assertThat(info.stageMillis[Stage.STACK.ordinal()]).isEqualTo(12.5f);
      assertThat(info.stageMillis[Stage.PUBLISH.ordinal()]).isEqualTo(2f);
      assertThat(info.filter).isEqualTo("off");
    }
  }

  /** The publisher itself takes some 200 bytes for each message and subscriber. */
  @Test
  void shouldAllocateNothingOfItsOwnForTheRawTopics() throws Exception {
    ConnectedNode other = ros.connect("other", "__ns:=/arm");
    for (String topic : IMAGES) {
      other
          .newSubscriber(topic, Image.TYPE)
          .addMessageListener(image -> received.put(topic, "came"));
    }
    publishUntil(IMAGES.size());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, 7, 41)) {
      for (int i = 0; i < 200; i++) {
        sink.accept(map);
      }
      int maps = 200;
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < maps; i++) {
        sink.accept(map);
      }
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / maps;
      assertThat(each).as("bytes a map").isLessThan(400L * IMAGES.size());
    }
  }
}
