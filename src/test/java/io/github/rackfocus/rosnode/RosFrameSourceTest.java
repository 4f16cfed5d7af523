package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.RosInputConfig.ImageTransport;
import io.github.rackfocus.config.RosInputConfig.LensInput;
import io.github.rackfocus.config.SweepConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.InJvmMaster;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The camera source on a master in this JVM, fed by a node beside it. */
@Timeout(60)
class RosFrameSourceTest {
  private static final long SECOND = 1_000_000_000L;

  private final FramePool pool = new FramePool(16);
  private InJvmMaster master;
  private ConnectedNode node;
  private ConnectedNode driver;
  private RosFrameSource source;

  @BeforeEach
  void start() throws Exception {
    master = new InJvmMaster();
    node = connect("depth", "image:=/camera/image_raw");
    driver = connect("driver");
  }

  @AfterEach
  void stop() {
    if (source != null) {
      source.close();
    }
    driver.close();
    node.close();
    master.close();
    assertThat(pool.leased()).isZero();
  }

  private ConnectedNode connect(String name, String... remappings) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of(remappings));
    arguments.add("__master:=" + master.uri());
    return ConnectedNode.connect(
        NodeConfiguration.fromCommandLine(arguments, Map.of("ROS_IP", "127.0.0.1"), name));
  }

  private <T extends io.github.rackfocus.ros.message.Message> Publisher<T> publisher(
      String topic, io.github.rackfocus.ros.message.MessageType<T> type) {
    Publisher<T> publisher = driver.newPublisher(topic, type, 10);
    await().until(publisher::hasSubscribers);
    return publisher;
  }

  private Frame next() throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return source.next();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            })
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldAskForEveryImageWhetherColourIsWanted() throws Exception {
    source = new RosFrameSource(node, RosInputConfig.DEFAULTS, pool, "frame");
    AtomicBoolean wanted = new AtomicBoolean(true);
    source.colourDemand(wanted::get);
    Publisher<Image> images = publisher("/camera/image_raw", Image.TYPE);
    Publisher<LensState> lens = publisher("lens_state", LensState.TYPE);
    byte[] bgr = new byte[3 * 4 * 3];
    bgr[3 * 5] = 7;
    for (int i = 0; i < 3; i++) {
      wanted.set(i != 1);
      images.publish(TestMessages.image("bgr8", 4, 3, 12, bgr, 100 * SECOND + i * SECOND / 100));
      lens.publish(TestMessages.lensState(100 * SECOND + i * SECOND / 100, 2.5));
      try (Frame frame = next()) {
        assertThat(frame.hasColour()).isEqualTo(wanted.get());
        if (wanted.get()) {
          assertThat(frame.colour().get(3 * 5 + 2)).as("blue").isEqualTo((byte) 7);
        }
      }
    }
  }

  @Test
  void shouldGiveFramesWithTheirLensStates() throws Exception {
    source = new RosFrameSource(node, RosInputConfig.DEFAULTS, pool, "frame");
    assertThat(source.name()).isEqualTo("/camera/image_raw");
    assertThat(source.planeFocus()).hasSize(10);
    Publisher<Image> images = publisher("/camera/image_raw", Image.TYPE);
    Publisher<LensState> lens = publisher("lens_state", LensState.TYPE);
    images.publish(TestMessages.mono8(4, 3, 100 * SECOND, 10));
    lens.publish(TestMessages.lensState(100 * SECOND, 2.5));
    // The order of two topics is nobody's: the frame waits for its reading.
    try (Frame frame = next()) {
      assertThat(frame.stampNanos()).isEqualTo(100 * SECOND);
      assertThat(frame.sequence()).isZero();
      assertThat(frame.lumaAt(5)).isEqualTo(15);
      assertThat(frame.arrivalNanos()).isNotZero();
    }
    await().until(() -> source.readingsTaken() == 1);
    images.publish(TestMessages.mono8(4, 3, 100 * SECOND + 1000, 10));
    try (Frame frame = next()) {
      assertThat(frame.focus().focus()).isEqualTo(2.5);
      assertThat(frame.focus().temperatureCelsius()).isEqualTo(31.5f);
      assertThat(source.sweepIdAt(frame.stampNanos())).isEqualTo(7);
    }
    assertThat(source.camera().frameId()).isEqualTo("lens_optical_frame");
  }

  @Test
  void shouldTakeCompressedImagesAndPowersWithoutStamps() throws Exception {
    source =
        new RosFrameSource(
            node,
            RosInputConfig.DEFAULTS
                .withImages(
                    RosInputConfig.DEFAULTS.images().withTransport(ImageTransport.COMPRESSED))
                .withLens(RosInputConfig.DEFAULTS.lens().withInput(LensInput.POWER)),
            pool,
            "frame");
    assertThat(source.name()).isEqualTo("/camera/image_raw/compressed");
    Publisher<CompressedImage> images =
        publisher("/camera/image_raw/compressed", CompressedImage.TYPE);
    Publisher<Float64> lens = publisher("lens_power", Float64.TYPE);
    Float64 power = new Float64();
    power.data = 4.25;
    lens.publish(power);
    await().until(() -> source.readingsTaken() == 1);
    images.publish(TestMessages.png(8, 6, node.getClock().nowNanos(), 77));
    try (Frame frame = next()) {
      assertThat(frame.focus().focus()).isEqualTo(4.25);
      assertThat(frame.lumaAt(20)).isEqualTo(77);
    }
  }

  @Test
  void shouldGoByTheClockWithoutAnyLensTopic() throws Exception {
    SweepConfig sweep = new SweepConfig(SweepConfig.DEFAULTS.axis(), SweepPattern.SAW, 1.0, 0.25);
    source =
        new RosFrameSource(
            node,
            RosInputConfig.DEFAULTS
                .withSweep(sweep)
                .withLens(RosInputConfig.DEFAULTS.lens().withInput(LensInput.STAMP)),
            pool,
            "frame");
    Publisher<Image> images = publisher("/camera/image_raw", Image.TYPE);
    for (int plane = 0; plane < 10; plane++) {
      images.publish(
          TestMessages.mono8(4, 3, 50 * SECOND + SECOND / 4 + plane * SECOND / 10, plane));
      try (Frame frame = next()) {
        assertThat(sweep.axis().planeOf(frame.focus().focus())).isEqualTo(plane);
        assertThat(frame.focus().focus()).isCloseTo(sweep.axis().focus(plane), within(1e-12));
      }
    }
  }

  @Test
  void shouldDescribeTheCameraThatTheTopicTells() throws Exception {
    source = new RosFrameSource(node, RosInputConfig.DEFAULTS, pool, "frame");
    assertThat(source.camera().describe(new CameraInfo(), 4, 3)).isFalse();
    assertThat(source.camera().calibrationSha256()).isEmpty();
    Publisher<CameraInfo> infos = publisher("camera_info", CameraInfo.TYPE);
    infos.publish(TestMessages.cameraInfo(4, 3, 0.1));
    await().until(() -> !source.camera().calibrationSha256().isEmpty());
    CameraInfo described = new CameraInfo();
    assertThat(source.camera().describe(described, 4, 3)).isTrue();
    assertThat(described.d).containsOnly(0);
    assertThat(described.k[0]).isEqualTo(described.p[0]);
  }

  @Test
  void shouldNotDecodeWhatNobodyWants() throws Exception {
    source = new RosFrameSource(node, RosInputConfig.DEFAULTS, pool, "frame");
    source.setWanted(false);
    Publisher<Image> images = publisher("/camera/image_raw", Image.TYPE);
    Image bad = TestMessages.mono8(4, 3, SECOND, 0);
    bad.encoding = "nonsense";
    images.publish(bad);
    source.setWanted(true);
    await()
        .until(() -> {
          bad.header.stampNanos++;
          images.publish(bad);
          return source.dropped() > 0;
        });
    assertThat(source.causes()).containsOnlyKeys("imageEncoding");
  }

  @Test
  void shouldEndWithItsNode() throws Exception {
    source = new RosFrameSource(node, RosInputConfig.DEFAULTS, pool, "frame");
    CompletableFuture<Frame> waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return source.next();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    node.close();
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isNull();
  }
}
