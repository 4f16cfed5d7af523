package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrightnessTest {
  private static final SimulatedCameraConfig CONFIG =
      SimulatedCameraConfig.DEFAULTS.withSize(64, 48);

  /** Compares with a numerical mean over the exposure. */
  @ParameterizedTest
  @CsvSource({"100,0.8,0.008", "120,0.5,0.002", "100,1,0.01", "100,0.8,0.00001"})
  void shouldAverageTheFlickerOverTheExposure(double hertz, double depth, double exposure) {
    Brightness brightness =
        new Brightness(
            CONFIG
                .withSensor(CONFIG.sensor().withExposureSeconds(exposure))
                .withLight(CONFIG.light().withFlickerHz(hertz).withFlickerDepth(depth)));
    for (int k = 0; k < 20; k++) {
      double mean = 0;
      for (int i = 0; i < 1000; i++) {
        double t = (k + 0.5) / 15 + exposure * ((i + 0.5) / 1000 - 0.5);
        mean += (1 + depth * Math.cos(2 * Math.PI * hertz * t)) / 1000;
      }
      assertThat(brightness.flicker(k, 10)).isCloseTo(mean, within(1e-5));
    }
  }

  /** 100 Hz against 15 frames per second repeats every three frames; 120 Hz stands still. */
  @Test
  void shouldRepeatWithTheBeatOfLampAndFrames() {
    Brightness mains = flickering(100);
    assertThat(mains.flicker(3, 0)).isCloseTo(mains.flicker(0, 0), within(1e-9));
    assertThat(mains.flicker(1, 0)).isNotCloseTo(mains.flicker(0, 0), within(0.05));
    Brightness other = flickering(120);
    assertThat(other.flicker(1, 0)).isCloseTo(other.flicker(0, 0), within(1e-9));
  }

  @Test
  void shouldMakeBandsWithARollingShutter() {
    SimulatedCameraConfig rolling =
        CONFIG
            .withLight(CONFIG.light().withFlickerDepth(0.8))
            .withShutter(new SimulatedCameraConfig.Shutter(0.02));
    Brightness brightness = new Brightness(rolling);
    // 20 ms are two periods of 100 Hz: 24 of 48 rows each.
    assertThat(brightness.flicker(0, 24)).isCloseTo(brightness.flicker(0, 0), within(1e-9));
    double mean = brightness.flicker(0, 3) + brightness.flicker(0, 15);
    assertThat(mean).isCloseTo(2, within(1e-9));
    assertThat(flickering(100).flicker(0, 24)).isEqualTo(flickering(100).flicker(0, 0));
  }

  @Test
  void shouldStepTheGainUpAndDown() {
    Brightness brightness =
        new Brightness(
            CONFIG.withLight(CONFIG.light().withExposureStep(1.25).withExposureStepSeconds(0.2)));
    double[] expected = {1, 1.25, 1.5625, 1.25, 1, 0.8, 0.64, 0.8};
    for (int k = 0; k < 72; k++) {
      assertThat(brightness.gain(k)).isCloseTo(expected[k / 3 % 8], within(1e-12));
    }
  }

  @Test
  void shouldShowGainAndFlickerInTheLuma() {
    LightConfig light =
        CONFIG.light().withFlickerDepth(0.8).withExposureStep(1.5).withExposureStepSeconds(0.2);
    SimulatedCameraConfig config =
        CONFIG
            .withLight(light)
            .withSensor(new SimulatedCameraConfig.Sensor(0.008, 1, 1e9, 0, 0, 0, 0));
    SensorModel sensor = new SensorModel(config);
    Brightness brightness = new Brightness(config);
    float[] image = new float[64 * 48];
    // A dark row in the toe of the gamma curve, a grey one, and one far above saturation.
    Arrays.fill(image, 0, 64, 0.0005f);
    Arrays.fill(image, 64, 128, 0.2f);
    Arrays.fill(image, 128, 192, 5f);
    short[] base = sensor.base(image);
    ByteBuffer luma = ByteBuffer.allocate(64 * 48);
    for (int k = 0; k < 24; k++) {
      sensor.expose(base, k, luma);
      double factor = brightness.gain(k) * brightness.flicker(k, 0);
      for (int row = 0; row < 2; row++) {
        double expected = 255 * SensorModel.encode(image[row * 64] * factor);
        assertThat(luma.get(row * 64 + 9) & 0xff).isCloseTo((int) Math.rint(expected), within(1));
      }
      assertThat(luma.get(2 * 64 + 9) & 0xff).isEqualTo(255);
      assertThat(luma.get(3 * 64 + 9) & 0xff).isZero();
    }
  }

  @Test
  void shouldAddTheNoiseOfTheGainInUse() {
    SimulatedCameraConfig config =
        SimulatedCameraConfig.DEFAULTS
            .withSize(256, 256)
            .withLight(LightConfig.DEFAULTS.withExposureStep(1.6).withExposureStepSeconds(0.2))
            .withSensor(new SimulatedCameraConfig.Sensor(0.008, 1, 1000, 10, 0, 0, 0));
    SensorModel sensor = new SensorModel(config);
    float[] image = new float[256 * 256];
    Arrays.fill(image, 0.15f);
    short[] base = sensor.base(image);
    for (int k : new int[] {0, 3, 6, 18, 0}) {
      double gain = new Brightness(config).gain(k);
      double signal = 0.15 * gain;
      double mean = 255 * Math.pow(signal, 1 / 2.2);
      double slope = 255 / 2.2 * Math.pow(signal, 1 / 2.2 - 1);
      double variance = gain * gain * (0.15 / 1000 + Math.pow(10 / 1000.0, 2));
      double sigma = Math.sqrt(slope * slope * variance + 1 / 12.0);
      ByteBuffer luma = ByteBuffer.allocate(image.length);
      sensor.expose(base, k, luma);
      double square = 0;
      for (int i = 0; i < image.length; i++) {
        square += Math.pow((luma.get(i) & 0xff) - mean, 2) / image.length;
      }
      assertThat(Math.sqrt(square)).isCloseTo(sigma, within(0.04 * sigma));
    }
  }

  private static Brightness flickering(double hertz) {
    return new Brightness(
        CONFIG.withLight(CONFIG.light().withFlickerHz(hertz).withFlickerDepth(0.8)));
  }
}
