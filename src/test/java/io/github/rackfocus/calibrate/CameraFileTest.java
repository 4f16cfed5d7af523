package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensBreathing;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.LensDrift;
import io.github.rackfocus.sweep.LensTiming;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CameraFileTest {
  static final CameraCalibration KNOWN =
      new CameraCalibration(
          "wrist",
          320,
          240,
          CameraCalibration.DistortionModel.PLUMB_BOB,
          new double[] {-0.1, 0.02, 0, 0, 0},
          new double[] {300, 0, 160, 0, 301, 120, 0, 0, 1},
          new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
          new double[] {290, 0, 161, 0, 0, 291, 121, 0, 0, 0, 1, 0},
          new LensCalibration(
              0.9,
              1.5,
              0.01,
              new LensBreathing(4, 0.003, 0, 0.1, -0.2, 160, 120),
              new LensTiming(0.004, 0.006, 0.01, 0.02),
              new LensDrift(-0.01, 31)));

  @TempDir Path folder;

  private CameraCalibration written(@Nullable CameraCalibration known, Estimate... estimates)
      throws Exception {
    CalibrationResult result =
        new CalibrationResult(
            320,
            240,
            List.of(estimates),
            List.of(new Refusal("hysteresis", "because\nof this")),
            0.1,
            5,
            27,
            List.of(),
            List.of(),
            List.of());
    Path file = folder.resolve("a").resolve("camera.yaml");
    CameraFile.write(result, known, "it's", "x\ny.bag", file);
    return CalibrationFile.read(file);
  }

  private static Estimate estimate(String key, double value) {
    return new Estimate(key, value, 0.001, 0.002, "");
  }

  @Test
  void shouldKeepWhatWasNotEstimated() throws Exception {
    CameraCalibration same = written(KNOWN);
    assertThat(same.sha256()).isEqualTo(KNOWN.sha256());
    assertThat(same.lens()).isEqualTo(KNOWN.lens());
    assertThat(same.cameraName()).isEqualTo("it's");
  }

  @Test
  void shouldReplaceTheLawAlone() throws Exception {
    LensCalibration lens =
        written(KNOWN, estimate("power_gain", 0.95), estimate("power_offset", 1.25)).lens();
    assertThat(lens.powerGain()).isEqualTo(0.95);
    assertThat(lens.powerOffset()).isEqualTo(1.25);
    assertThat(lens.depthOffsetMetres()).isEqualTo(0.01);
    assertThat(lens.breathing()).isEqualTo(KNOWN.lens().breathing());
    assertThat(lens.timing()).isEqualTo(KNOWN.lens().timing());
    assertThat(lens.drift()).isEqualTo(KNOWN.lens().drift());
  }

  @Test
  void shouldReplaceTimingAsAWhole() throws Exception {
    LensCalibration lens =
        written(KNOWN, estimate("lag_up", 0.02), estimate("lag_down", 0.02)).lens();
    assertThat(lens.timing()).isEqualTo(new LensTiming(0.02, 0.02, 0, 0));
  }

  @Test
  void shouldWriteANewCamera() throws Exception {
    CameraCalibration camera =
        written(
            null,
            estimate("fx", 310),
            estimate("fy", 311),
            estimate("cx", 159),
            estimate("cy", 119),
            estimate("k1", -0.2),
            estimate("breathing.scale_per_dioptre", 0.004),
            estimate("temperature_coefficient", -0.02));
    assertThat(camera.camera()).containsExactly(310, 0, 159, 0, 311, 119, 0, 0, 1);
    assertThat(camera.distortion()).containsExactly(-0.2, 0, 0, 0, 0);
    assertThat(camera.rectifiedCamera()).isEqualTo(camera.camera());
    assertThat(camera.lens().breathing()).isEqualTo(new LensBreathing(5, 0.004, 0, 0, 0, 159, 119));
    assertThat(camera.lens().drift()).isEqualTo(new LensDrift(-0.02, 27));
  }
}
