package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Encoding;
import io.github.rackfocus.v1.FocusScale;
import java.io.IOException;
import java.io.InputStream;
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
    byte[] bytes;
    try (InputStream in = getClass().getResourceAsStream("/rackfocus/v1/depth_frame-1.bin")) {
      bytes = Objects.requireNonNull(in, "depth_frame-1.bin is not there").readAllBytes();
    }
    DepthFrame frame = DepthFrame.parseFrom(bytes);
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
    assertPixels(DepthFrameCodec.decode(frame));
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
            "old_optical_frame",
            new CameraIdentity.PinholeIntrinsics(WIDTH, HEIGHT, 100, 101, 39.5, 7.5),
            new CameraIdentity.FixedPose("base_link", 0.1, 0, 0.7, 0, 0, 0, 1),
            "0123456789abcdef".repeat(4));
    try (DepthMap map =
        TestDepthMaps.fillByRule(
            TestDepthMaps.scene(WIDTH, HEIGHT, 1_763_640_000_123_456_789L, 4711))) {
      Files.write(
          Path.of(arguments[0]),
          new DepthFrameCodec(identity, DepthPacking.PNG16, true, true).encode(map).toByteArray());
    }
  }
}
