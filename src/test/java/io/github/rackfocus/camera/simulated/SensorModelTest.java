package io.github.rackfocus.camera.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensorModelTest {
  private static final int SIDE = 256;

  /** Compares one sigma in luma with the documented variance times the slope of gamma. */
  @ParameterizedTest
  @CsvSource({"0.5,1,1000,10", "0.1,1,1000,10", "0.1,4,1000,10", "0.5,1,10000,0"})
  void shouldHaveTheDocumentedNoise(double light, double gain, double fullWell, double read) {
    SensorModel sensor = sensor(gain, fullWell, read);
    float[] flat = new float[SIDE * SIDE];
    Arrays.fill(flat, (float) light);
    ByteBuffer luma = ByteBuffer.allocate(SIDE * SIDE);
    sensor.expose(sensor.base(flat), 7, luma);
    double signal = light * gain;
    double expectedMean = 255 * Math.pow(signal, 1 / 2.2);
    double sigma = gain * Math.sqrt(light / fullWell + Math.pow(read / fullWell, 2));
    double slope = 255 / 2.2 * Math.pow(signal, 1 / 2.2 - 1);
    double mean = 0;
    double square = 0;
    for (int i = 0; i < luma.capacity(); i++) {
      int value = luma.get(i) & 0xff;
      mean += value;
      square += (value - expectedMean) * (value - expectedMean);
    }
    assertThat(mean / luma.capacity()).isCloseTo(expectedMean, within(0.15));
    // Rounding to integers adds a variance of 1/12.
    double expected = Math.sqrt(slope * slope * sigma * sigma + 1 / 12.0);
    assertThat(Math.sqrt(square / luma.capacity())).isCloseTo(expected, within(0.04 * expected));
  }

  @Test
  void shouldMakeReproducibleNoiseThatDiffersByFrame() {
    SensorModel sensor = sensor(1, 1000, 10);
    float[] flat = new float[SIDE * SIDE];
    Arrays.fill(flat, 0.3f);
    short[] base = sensor.base(flat);
    ByteBuffer first = ByteBuffer.allocate(SIDE * SIDE);
    ByteBuffer again = ByteBuffer.allocate(SIDE * SIDE);
    ByteBuffer other = ByteBuffer.allocate(SIDE * SIDE);
    sensor.expose(base, 3, first);
    sensor.expose(base, 3, again);
    sensor.expose(base, 4, other);
    assertThat(first.array()).isEqualTo(again.array());
    double product = 0;
    double square = 0;
    for (int i = 0; i < first.capacity(); i++) {
      double a = (first.get(i) & 0xff) - 147.5;
      double b = (other.get(i) & 0xff) - 147.5;
      product += a * b;
      square += a * a;
    }
    assertThat(product / square).isCloseTo(0, within(0.03));
  }

  @Test
  void shouldSaturateAndKeepBlackBlack() {
    SensorModel sensor = sensor(1, 1e9, 0);
    float[] light = new float[SIDE * SIDE];
    Arrays.fill(light, 0, SIDE, 3);
    ByteBuffer luma = ByteBuffer.allocate(SIDE * SIDE);
    sensor.expose(sensor.base(light), 0, luma);
    assertThat(luma.get(5) & 0xff).isEqualTo(255);
    assertThat(luma.get(SIDE) & 0xff).isZero();
  }

  private static SensorModel sensor(double gain, double fullWell, double read) {
    return new SensorModel(
        SimulatedCameraConfig.DEFAULTS
            .withSize(SIDE, SIDE)
            .withSensor(new SimulatedCameraConfig.Sensor(0.008, gain, fullWell, read, 0, 0, 0)));
  }
}
