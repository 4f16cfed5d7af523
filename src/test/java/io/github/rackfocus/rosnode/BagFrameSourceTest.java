package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.RosInputConfig.LensInput;
import io.github.rackfocus.config.SweepConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.ros.bag.BagFixture;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BagFrameSourceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MS = 1_000_000L;
  private static final RosInputConfig SETTINGS = RosInputConfig.DEFAULTS;

  @TempDir Path folder;

  /** Frames 50 ms apart, each recorded 20 ms after its stamp, and each 10 ms before its reading. */
  private static BagFixture sweep(String compression, int frames) throws IOException {
    BagFixture fixture = new BagFixture(compression, 3000);
    for (int i = 0; i < frames; i++) {
      long stamp = 100 * SECOND + i * 50 * MS;
      fixture.add("/cam/image_raw", stamp + 20 * MS, TestMessages.mono8(32, 32, stamp, i));
      fixture.add("/cam/lens", stamp + 30 * MS, TestMessages.lensState(stamp, 1 + i % 10));
    }
    return fixture;
  }

  private record Seen(long stampNanos, double focus, int luma) {}

  private static List<Seen> frames(BagFrameSource source) throws Exception {
    List<Seen> seen = new ArrayList<>();
    for (Frame frame = source.next(); frame != null; frame = source.next()) {
      assertThat(frame.sequence()).isEqualTo(seen.size());
      seen.add(new Seen(frame.stampNanos(), frame.focus().focus(), frame.lumaAt(0)));
      frame.close();
    }
    return seen;
  }

  private BagFrameSource open(BagFixture fixture) throws IOException {
    return BagFrameSource.open(fixture.write(folder.resolve("run.bag")), BagTopics.ANY, SETTINGS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "bz2", "lz4"})
  void shouldGiveFramesWithReadingsThatWereRecordedLater(String compression) throws Exception {
    try (BagFrameSource source = open(sweep(compression, 25))) {
      assertThat(source.name()).isEqualTo("run.bag");
      List<Seen> seen = frames(source);
      assertThat(seen).hasSize(25);
      for (int i = 0; i < 25; i++) {
        assertThat(seen.get(i)).isEqualTo(new Seen(100 * SECOND + i * 50 * MS, 1 + i % 10, i));
      }
      assertThat(source.dropped()).isZero();
      assertThat(source.causes()).isEmpty();
      assertThat(source.camera().frameId()).isEqualTo("lens_optical_frame");
    }
  }

  @Test
  void shouldCarryTheColoursOfItsImagesWhileTheyAreWanted() throws Exception {
    BagFixture fixture = new BagFixture("lz4", 3000);
    byte[] rgb = new byte[3 * 32 * 32];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i % 3 == 0 ? 200 : i % 3 == 1 ? 100 : 50);
    }
    for (int i = 0; i < 4; i++) {
      long stamp = 100 * SECOND + i * 50 * MS;
      Image image = TestMessages.image("rgb8", 32, 32, 96, rgb, stamp);
      fixture.add("/cam/image_raw", stamp + 20 * MS, image);
      fixture.add("/cam/lens", stamp + 30 * MS, TestMessages.lensState(stamp, 1 + i));
    }
    AtomicInteger asked = new AtomicInteger();
    try (BagFrameSource source = open(fixture)) {
      source.colourDemand(() -> asked.getAndIncrement() < 2);
      for (int i = 0; i < 4; i++) {
        try (Frame frame = source.next()) {
          assertThat(frame.lumaAt(7)).isEqualTo(124);
          assertThat(frame.hasColour()).isEqualTo(i < 2);
          if (i < 2) {
            assertThat(frame.colour().get(3 * 7) & 0xff).isEqualTo(200);
            assertThat(frame.colour().get(3 * 7 + 2) & 0xff).isEqualTo(50);
          }
        }
      }
    }
    assertThat(asked).as("once for each image").hasValue(4);
  }

  @Test
  void shouldSkipNothingHoweverSlowlyFramesAreTaken() throws Exception {
    // The consumer keeps more frames than the pool has, for a while.
    try (BagFrameSource source = open(sweep("lz4", 300))) {
      List<Frame> held = new ArrayList<>();
      int frames = 0;
      for (Frame frame = source.next(); frame != null; frame = source.next()) {
        held.add(frame);
        frames++;
        if (held.size() == 30) {
          held.forEach(Frame::close);
          held.clear();
        }
      }
      held.forEach(Frame::close);
      assertThat(frames).isEqualTo(300);
      assertThat(source.dropped()).isZero();
    }
  }

  @Test
  void shouldReadWhatIsLeftOfABrokenOffBagAndCountTheRest() throws Exception {
    byte[] whole = sweep("bz2", 25).bytes();
    Path file = Files.write(folder.resolve("cut.bag"), Arrays.copyOf(whole, whole.length * 2 / 3));
    try (BagFrameSource source = BagFrameSource.open(file, BagTopics.ANY, SETTINGS)) {
      List<Seen> seen = frames(source);
      assertThat(seen).hasSizeBetween(8, 24);
      assertThat(seen.get(7).luma()).isEqualTo(7);
    }
  }

  @Test
  void shouldCountMessagesThatAreNotWhatTheirTypeSays() throws Exception {
    BagFixture fixture = sweep("none", 5);
    fixture.add("/cam/image_raw", "sensor_msgs/Image", "x", 200 * SECOND, new byte[7]);
    try (BagFrameSource source = open(fixture)) {
      assertThat(frames(source)).hasSize(5);
      assertThat(source.causes()).containsOnlyKeys("messageMalformed");
      assertThat(source.dropped()).isOne();
    }
  }

  @Test
  void shouldReadLensPowersByTheTimeOfTheirRecording() throws Exception {
    BagFixture fixture = new BagFixture("none", 3000);
    for (int i = 0; i < 5; i++) {
      Float64 power = new Float64();
      power.data = 2 + i;
      fixture.add("/cam/lens_power", (100 + i) * SECOND, power);
      fixture.add(
          "/cam/image_raw",
          (100 + i) * SECOND + 9 * MS,
          TestMessages.mono8(32, 32, (100 + i) * SECOND + MS, i));
    }
    try (BagFrameSource source = open(fixture)) {
      assertThat(frames(source)).extracting(Seen::focus).containsExactly(2.0, 3.0, 4.0, 5.0, 6.0);
    }
  }

  @Test
  void shouldGoByTheStampWhereToldTo() throws Exception {
    SweepConfig sweep = new SweepConfig(SETTINGS.sweep().axis(), SweepPattern.SAW, 0.5, 0);
    Path file = sweep("none", 20).write(folder.resolve("run.bag"));
    try (BagFrameSource source =
        BagFrameSource.open(
            file,
            BagTopics.ANY,
            SETTINGS.withSweep(sweep).withLens(SETTINGS.lens().withInput(LensInput.STAMP)))) {
      assertThat(frames(source))
          .extracting(seen -> sweep.axis().planeOf(seen.focus()))
          .startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    }
  }

  @Test
  void shouldRectifyFromTheFirstFrameOn() throws Exception {
    BagFixture fixture = new BagFixture("none", 3000);
    for (int i = 0; i < 3; i++) {
      long stamp = 100 * SECOND + i * 50 * MS;
      fixture.add("/cam/image_raw", stamp, TestMessages.mono8(32, 32, stamp, 0));
      fixture.add("/cam/camera_info", stamp + MS, TestMessages.cameraInfo(32, 32, -0.3));
      fixture.add("/cam/lens", stamp + MS, TestMessages.lensState(stamp, 2));
    }
    try (BagFrameSource source = open(fixture)) {
      try (Frame frame = source.next()) {
        assertThat(frame.lumaAt(32 * 10 + 10)).isNotEqualTo(32 * 10 + 10 & 0xff);
      }
      assertThat(source.camera().describe(new CameraInfo(), 32, 32)).isTrue();
      assertThat(source.camera().calibrationSha256()).hasSize(64);
    }
  }

  private void assertRefused(BagFixture fixture, BagTopics topics, String... parts)
      throws IOException {
    Path file = fixture.write(folder.resolve("refused.bag"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> BagFrameSource.open(file, topics, SETTINGS))
        .withMessageStartingWith(file + ": ")
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void shouldSayWhichTopicsItNeeds() throws Exception {
    assertRefused(
        new BagFixture("none", 99).add("/other", SECOND, new Float64()),
        BagTopics.ANY,
        "has no topic of images; expected one",
        "/other std_msgs/Float64");
    assertRefused(
        new BagFixture("none", 99).add("/image", SECOND, TestMessages.mono8(2, 2, 1, 0)),
        BagTopics.ANY,
        "has no topic of lens states or lens powers");
    BagFixture two = sweep("none", 1).add("/second/image", SECOND, TestMessages.mono8(2, 2, 1, 0));
    assertRefused(two, BagTopics.ANY, "has 2 topics of images", "/second/image sensor_msgs/Image");
    assertRefused(
        sweep("none", 1), new BagTopics("/nope", "", ""), "has no topic /nope; expected one of");
    assertRefused(
        sweep("none", 1),
        new BagTopics("/cam/lens", "", ""),
        "topic /cam/lens has type rackfocus_msgs/LensState",
        "expected sensor_msgs/Image [060021388200f6f0f447d0fcd9c64743] or");
    assertRefused(
        sweep("none", 1).add("/old", "sensor_msgs/Image", "0123", SECOND, new byte[1]),
        new BagTopics("/old", "", ""),
        "topic /old has type sensor_msgs/Image [0123]; expected");
  }

  @Test
  void shouldTakeTheTopicsItIsTold() throws Exception {
    BagFixture two = sweep("none", 4).add("/second/image", SECOND, TestMessages.mono8(2, 2, 1, 0));
    Path file = two.write(folder.resolve("two.bag"));
    BagTopics topics = new BagTopics("cam/image_raw", "/cam/lens", "");
    try (BagFrameSource source = BagFrameSource.open(file, topics, SETTINGS)) {
      assertThat(frames(source)).hasSize(4);
    }
  }

  @Test
  void shouldGoByTheCameraFile() throws Exception {
    Path camera =
        Files.writeString(
            folder.resolve("camera.yaml"),
            """
            image_width: 32
            image_height: 32
            camera_matrix: {rows: 3, cols: 3, data: [30, 0, 16, 0, 30, 16, 0, 0, 1]}
            power_gain: 2
            power_offset: 0.5
            depth_offset_m: -0.012
            """);
    BagFixture fixture = new BagFixture("none", 3000);
    for (int i = 0; i < 3; i++) {
      long stamp = 100 * SECOND + i * 50 * MS;
      LensState state = TestMessages.lensState(stamp, Double.NaN);
      state.lensPowerDioptres = i;
      fixture.add("/image", stamp, TestMessages.mono8(32, 32, stamp, 0));
      fixture.add("/lens_state", stamp, state);
    }
    Path file = fixture.write(folder.resolve("run.bag"));
    try (BagFrameSource source = BagFrameSource.open(file, BagTopics.ANY, withCameraFile(camera))) {
      assertThat(frames(source)).extracting(Seen::focus).containsExactly(0.5, 2.5, 4.5);
      assertThat(source.depthOffsetMetres()).isEqualTo(-0.012);
    }
    Files.writeString(camera, "image_width: many");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> BagFrameSource.open(file, BagTopics.ANY, withCameraFile(camera)))
        .withMessageStartingWith(camera + ": ");
  }

  @Test
  void shouldEndWhenClosed() throws Exception {
    BagFrameSource source = open(sweep("none", 10));
    source.next().close();
    source.close();
    source.close();
    assertThat(source.next()).isNull();
  }

  private static RosInputConfig withCameraFile(Path camera) {
    return SETTINGS.withImages(SETTINGS.images().withCameraInfoUrl("file://" + camera));
  }
}
