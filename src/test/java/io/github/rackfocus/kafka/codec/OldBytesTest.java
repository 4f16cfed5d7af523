package io.github.rackfocus.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Encoding;
import io.github.rackfocus.v1.FocusScale;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.Model;
import io.github.rackfocus.v1.ObstacleGrid;
import io.github.rackfocus.v1.SinkHealth;
import io.github.rackfocus.v1.StageTime;
import io.github.rackfocus.v1.TopicHealth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Frames that earlier versions wrote must be read as long as their topic exists. */
class OldBytesTest {
  private static final int WIDTH = 80;
  private static final int HEIGHT = 16;

  @Test
  void shouldReadTheFirstSchemasBytes() throws IOException {
    DepthFrame frame = DepthFrame.parseFrom(bytesOf("depth_frame-1.bin"));
    assertThat(frame.getUnknownFields().asMap()).isEmpty();
    assertThat(frame.getRobot()).isEqualTo("old-robot");
    assertThat(frame.getCamera()).isEqualTo("old-camera");
    assertThat(frame.getSequence()).isEqualTo(4711);
    assertThat(frame.getStampNs()).isEqualTo(1_763_640_000_123_456_789L);
    assertThat(frame.getOldestStampNs()).isEqualTo(1_763_639_999_523_456_786L);
    assertThat(frame.getNewestStampNs()).isEqualTo(1_763_640_000_123_456_789L);
    assertThat(frame.getFrameId()).isEqualTo("old_optical_frame");
    assertThat(frame.getIntrinsics().getCx()).isEqualTo(39.5);
    assertThat(frame.getPose().getZM()).isEqualTo(0.7);
    assertThat(frame.getSweep().getScale()).isEqualTo(FocusScale.FOCUS_SCALE_DIOPTRE);
    assertThat(frame.getSweep().getPlaneFocus(9)).isEqualTo(5);
    assertThat(frame.getSweep().getFarthestDepthM()).isEqualTo(2);
    assertThat(frame.getEncoding()).isEqualTo(Encoding.ENCODING_PNG16);
    assertThat(frame.getUnitM()).isEqualTo(0.0001);
    assertThat(frame.getValidityCountsCount()).isEqualTo(9);
    assertThat(frame.hasOldestAgeS()).isTrue();
    assertThat(frame.getModel().getName()).isEqualTo("test");
    assertThat(frame.getIterations()).isEqualTo(3);
    assertThat(frame.getCalibrationSha256()).isEqualTo("0123456789abcdef".repeat(4));
    assertThat(frame.hasFilter()).isFalse();
    assertPixels(DepthFrameCodec.decode(frame));
  }

  @Test
  void shouldReadTheBytesOfTheSchemaWithAges() throws IOException {
    DepthFrame frame = DepthFrame.parseFrom(bytesOf("depth_frame-2.bin"));
    assertThat(frame.getUnknownFields().asMap()).isEmpty();
    assertThat(frame.getAgeUnitS()).isEqualTo(0.001);
    DepthPixels pixels = DepthFrameCodec.decode(frame);
    assertPixels(pixels);
    float[] age = Objects.requireNonNull(pixels.age());
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      assertThat(Math.abs(age[i] - 0.05f * (i % 4))).isLessThan(0.00051f);
    }
  }

  @Test
  void shouldReadTheFirstObstacleGrid() throws IOException {
    ObstacleGrid grid = ObstacleGrid.parseFrom(bytesOf("obstacle_grid-1.bin"));
    assertThat(grid.getUnknownFields().asMap()).isEmpty();
    assertThat(grid.getRobot()).isEqualTo("old-robot");
    assertThat(grid.getSequence()).isEqualTo(4711);
    assertThat(grid.getColumns()).isEqualTo(4);
    assertThat(grid.getRows()).isEqualTo(2);
    assertThat(grid.getUnitM()).isEqualTo(0.0001);
    ShortBuffer nearest =
        grid.getNearest().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    assertThat(nearest.remaining()).isEqualTo(8);
    // Every cell has pixels of code 3, nearer than the sweep.
    assertThat(nearest.get(0)).isEqualTo((short) 1);
    assertThat(grid.getMedianUncertainty().size()).isEqualTo(16);
    assertThat(grid.getMeasured().byteAt(0)).isEqualTo((byte) 86);
    assertThat(grid.getPose().getParentFrameId()).isEqualTo("base_link");
  }

  @Test
  void shouldReadTheFirstHealth() throws IOException {
    Health health = Health.parseFrom(bytesOf("health-1.bin"));
    assertThat(health.getUnknownFields().asMap()).isEmpty();
    assertThat(health).isEqualTo(oldHealth());
  }

  private static Health oldHealth() {
    return Health.newBuilder()
        .setRobot("old-robot")
        .setCamera("old-camera")
        .setRole("node")
        .setVersion("0.1.0")
        .setSequence(7)
        .setStampNs(1_763_640_000_123_456_789L)
        .setUptimeS(36.5)
        .setFrames(540)
        .putFramesDropped("outOfSweep", 3)
        .setStacks(530)
        .setMaps(500)
        .setLatencyP99Ms(81.25)
        .addStages(StageTime.newBuilder().setName("stack").setP50Ms(12).setP99Ms(20))
        .setModel(Model.newBuilder().setName("ddl").setVersion("1"))
        .addSinks(
            SinkHealth.newBuilder()
                .setName("kafka")
                .setOffered(500)
                .setLost(2)
                .putLossesByCause("queueFull", 2))
        .addTopics(
            TopicHealth.newBuilder()
                .setTopic("rackfocus.depth.v1")
                .setOnOutage("freshest")
                .putLost("queueFull", 2)
                .setOutage(true)
                .setAckP50Ms(1.5))
        .build();
  }

  private static byte[] bytesOf(String name) throws IOException {
    try (InputStream in = OldBytesTest.class.getResourceAsStream("/rackfocus/v1/" + name)) {
      return Objects.requireNonNull(in, name + " is not there").readAllBytes();
    }
  }

  /** The rule by which the file's pixels were made, see {@link TestDepthMaps#fillByRule}. */
  private static void assertPixels(DepthPixels pixels) {
    assertThat(pixels.width()).isEqualTo(WIDTH);
    assertThat(pixels.height()).isEqualTo(HEIGHT);
    float[] uncertainty = Objects.requireNonNull(pixels.uncertainty());
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      assertThat(pixels.validity()[i]).isEqualTo((byte) (i % 9));
      if (i % 9 == 0) {
        assertThat(Math.abs(pixels.depth()[i] - (0.2f + i / 1000f))).isLessThan(0.000051f);
        assertThat(Math.abs(uncertainty[i] - 0.001f * (1 + i % 7))).isLessThan(0.000051f);
      } else {
        assertThat((Float) pixels.depth()[i]).isEqualTo((Float) Validity.of(i % 9).specialDepth());
        assertThat(uncertainty[i]).isNaN();
      }
    }
  }

  /** Writes the bytes of the present schema; run by hand, once, when a schema is released. */
  public static void main(String[] arguments) throws IOException {
    CameraIdentity identity =
        new CameraIdentity(
            "old-robot",
            "old-camera",
            new CameraView(
                "old_optical_frame",
                new CameraView.PinholeIntrinsics(WIDTH, HEIGHT, 100, 101, 39.5, 7.5),
                "0123456789abcdef".repeat(4)),
            new CameraIdentity.FixedPose("base_link", 0.1, 0, 0.7, 0, 0, 0, 1));
    try (DepthMap map =
        TestDepthMaps.fillByRule(
            TestDepthMaps.scene(WIDTH, HEIGHT, 1_763_640_000_123_456_789L, 4711))) {
      for (int i = 0; i < map.pixels(); i++) {
        map.age().put(i, 0.05f * (i % 4));
      }
      Path folder = Path.of(arguments[0]);
      Files.write(
          folder.resolve("depth_frame.bin"),
          new DepthFrameCodec(identity, DepthPacking.PNG16, true, true).encode(map).toByteArray());
      Files.write(
          folder.resolve("obstacle_grid.bin"),
          new ObstacleGridCodec(identity, 4, 2).encode(map).toByteArray());
      Files.write(folder.resolve("health.bin"), oldHealth().toByteArray());
    }
  }
}
